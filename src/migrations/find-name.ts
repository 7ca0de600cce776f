import type { Location } from "../errors.ts";

/** A statement and where it begins in its file. */
export interface PlacedStatement {
  readonly sql: string;
  readonly location: Location;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function namePattern(name: string): RegExp {
  return new RegExp(`(?<![\\w$])"?${escapePattern(name)}"?(?![\\w$])`, "i");
}

/** Whether a statement says a name, as a whole. */
export function says({ sql }: PlacedStatement, name: string): boolean {
  return namePattern(name).test(sql);
}

function isComment({ sql }: PlacedStatement): boolean {
  return /^\s*comment\s+on\b/i.test(sql);
}

/** The place of a name in a statement: of the line that begins with it, as that of a column does, else of the first that has it. */
function placeIn({ sql, location }: PlacedStatement, name: string): Location | undefined {
  const lines = sql.split(/\r\n|\r|\n/).map((line) => line.replace(/--.*$/, "").trimStart());
  const pattern = namePattern(name);
  const first = lines.findIndex((line) => line.search(pattern) === 0);
  const index = first < 0 ? lines.findIndex((line) => pattern.test(line)) : first;
  return index < 0
    ? undefined
    : { ...location, line: location.line + index, column: index === 0 ? location.column : 1 };
}

/** Where the first of some statements states a name. A comment is stated apart from what it is about. */
export function findName(
  statements: readonly PlacedStatement[],
  name: string,
  attribute: string | undefined,
): Location | undefined {
  const comments = statements.filter(isComment);
  const others = statements.filter((statement) => !isComment(statement));
  for (const statement of attribute === "comment" ? [...comments, ...others] : others) {
    const found = placeIn(statement, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
