import type { Location } from "../errors.ts";
import type { SchemaObject } from "../schema/model.ts";
import type { DocumentedSchema, DocumentedStatement, DocumentedTable } from "./model.ts";

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The place of the first line of a statement that matches. */
function lineIn({ sql, location }: DocumentedStatement, pattern: RegExp): Location | undefined {
  const index = sql.split("\n").findIndex((line) => pattern.test(line));
  return index < 0
    ? undefined
    : { ...location, line: location.line + index, column: index === 0 ? location.column : 1 };
}

function inTable(table: DocumentedTable, part: string, attribute: string | undefined): Location {
  const word = new RegExp(`(^|[^\\w$])"?${escapePattern(part)}"?([^\\w$]|$)`, "i");
  const statements = [...table.statements].sort((a, b) => Number(isComment(b)) - Number(isComment(a)));
  // A comment is stated apart from what it is about; everything else is looked for where it is made.
  const wanted =
    attribute === "comment" ? statements : statements.filter((statement) => !isComment(statement));
  for (const statement of wanted) {
    const found = lineIn(statement, word);
    if (found !== undefined) return found;
  }
  return table.location;
}

function isComment({ sql }: DocumentedStatement): boolean {
  return /^\s*comment\s+on\b/i.test(sql);
}

/**
 * Where a document states an object: the line of its column, constraint or index, else the heading of its table.
 * @param database name of the database, for example `socrates_auth`
 */
export function locateObject(
  document: DocumentedSchema,
  database: string,
  object: SchemaObject,
  attribute?: string,
): Location | undefined {
  const [, tableName, part] = object.name.split(".");
  const table = document.tables.find(
    (candidate) => candidate.database === database && candidate.name === tableName,
  );
  if (table === undefined) return undefined;
  if (part === undefined)
    return attribute === "comment" ? inTable(table, table.name, attribute) : table.location;
  return inTable(table, part, attribute);
}
