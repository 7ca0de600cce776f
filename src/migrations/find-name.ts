import type { Location } from "../errors.ts";
import { lineBreak } from "./source-file.ts";
import { tokenAt } from "./tokens.ts";

/** A statement and where it begins in its file. */
export interface PlacedStatement {
  readonly sql: string;
  readonly location: Location;
}

/** An identifier of a statement. */
interface Identifier {
  /** As PostgreSQL folds it. */
  readonly name: string;
  readonly offset: number;
  /** Whether an item begins with it: a column of a CREATE TABLE, or what ADD, CREATE, RENAME and the like are about. */
  readonly isDefined: boolean;
}

/** Words after which the next identifier is what the statement is about. */
const introductions: ReadonlySet<string> = new Set([
  "ADD",
  "COLUMN",
  "CONSTRAINT",
  "INDEX",
  "TABLE",
  "VIEW",
  "FUNCTION",
  "PROCEDURE",
  "TYPE",
  "DOMAIN",
  "SEQUENCE",
  "TRIGGER",
  "POLICY",
  "RULE",
  "SCHEMA",
  "EXTENSION",
  "TO",
  "EXISTS",
  "CONCURRENTLY",
]);

/** The identifiers of a statement: what is within strings and comments is none. */
function* identifiersOf(sql: string): Generator<Identifier> {
  let depth = 0;
  let before = "";
  for (let offset = 0; offset < sql.length; ) {
    const { kind, end } = tokenAt(sql, offset);
    const text = sql.slice(offset, end);
    if (kind === "word" || kind === "quoted") {
      const name =
        kind === "quoted"
          ? text.slice(1, -1).replaceAll('""', '"')
          : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      const isItem = depth === 1 && (before === "(" || before === ",");
      yield { name, offset, isDefined: isItem || introductions.has(before) };
    }
    if (text === "(") depth++;
    if (text === ")") depth--;
    if (kind !== "blank") before = text.toUpperCase();
    offset = end;
  }
}

/** Whether a statement says a name, as a whole. */
export function says({ sql }: PlacedStatement, name: string): boolean {
  for (const identifier of identifiersOf(sql)) if (identifier.name === name) return true;
  return false;
}

function isComment({ sql }: PlacedStatement): boolean {
  return /^\s*comment\s+on\b/i.test(sql);
}

function placeOf({ sql, location }: PlacedStatement, offset: number): Location {
  const index = sql.slice(0, offset).split(lineBreak).length - 1;
  return { ...location, line: location.line + index, column: index === 0 ? location.column : 1 };
}

/** Where the first of some statements states a name: where it defines it, else where it mentions it. A comment is stated apart from what it is about. */
export function findName(
  statements: readonly PlacedStatement[],
  name: string,
  attribute: string | undefined,
): Location | undefined {
  const comments = statements.filter(isComment);
  const others = statements.filter((statement) => !isComment(statement));
  const inOrder = attribute === "comment" ? [...comments, ...others] : others;
  let mentioned: Location | undefined;
  for (const statement of inOrder)
    for (const identifier of identifiersOf(statement.sql)) {
      if (identifier.name !== name) continue;
      const place = placeOf(statement, identifier.offset);
      if (identifier.isDefined || isComment(statement)) return place;
      mentioned ??= place;
    }
  return mentioned;
}
