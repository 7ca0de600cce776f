import type { Location } from "../errors.ts";
import { lineBreak } from "./source-file.ts";
import { tokenAt, UnterminatedError } from "./tokens.ts";

/** A statement and its position in the file. */
export interface PlacedStatement {
  readonly sql: string;
  readonly location: Location;
}

/** An identifier of a statement. */
interface Identifier {
  /** The column's name, as PostgreSQL folds it. */
  readonly name: string;
  readonly offset: number;
  readonly isQuoted: boolean;
  /**
   * Whether an item begins with it: a column of a CREATE TABLE, or the object of ADD, CREATE, RENAME and the like.
   */
  readonly isDefined: boolean;
}

/** Words before the name of a statement's object. */
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

/** The identifiers of a statement, without strings and comments. */
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
      yield { name, offset, isQuoted: kind === "quoted", isDefined: isItem || introductions.has(before) };
    }
    if (text === "(") depth++;
    if (text === ")") depth--;
    if (kind !== "blank") before = text.toUpperCase();
    offset = end;
  }
}

function identifiersByName(sql: string): ReadonlyMap<string, readonly Identifier[]> {
  const byName = new Map<string, Identifier[]>();
  try {
    for (const identifier of identifiersOf(sql)) {
      const alike = byName.get(identifier.name);
      if (alike === undefined) byName.set(identifier.name, [identifier]);
      else alike.push(identifier);
    }
  } catch (error) {
    // SQL that is commented out in a document may have unclosed quotes.
    if (!(error instanceof UnterminatedError)) throw error;
  }
  return byName;
}

/** Statements are searched for one name after the other. */
const known = new WeakMap<PlacedStatement, ReadonlyMap<string, readonly Identifier[]>>();

/** The occurrences of a name in a statement, in order. */
function named(statement: PlacedStatement, name: string): readonly Identifier[] {
  const byName = known.get(statement) ?? identifiersByName(statement.sql);
  known.set(statement, byName);
  return byName.get(name) ?? [];
}

/** Whether a statement contains a name as a whole. */
export function says(statement: PlacedStatement, name: string): boolean {
  return named(statement, name).length > 0;
}

/** Whether a statement contains a name in quotes. */
export function quotes(statement: PlacedStatement, name: string): boolean {
  return named(statement, name).some(({ isQuoted }) => isQuoted);
}

function isComment({ sql }: PlacedStatement): boolean {
  return /^\s*comment\s+on\b/i.test(sql);
}

function placeOf({ sql, location }: PlacedStatement, offset: number): Location {
  const index = sql.slice(0, offset).split(lineBreak).length - 1;
  return { ...location, line: location.line + index, column: index === 0 ? location.column : 1 };
}

/** The first place where statements define a name, or else mention it. A COMMENT ON is separate from its object. */
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
    for (const { offset, isDefined } of named(statement, name)) {
      if (isDefined || isComment(statement)) return placeOf(statement, offset);
      mentioned ??= placeOf(statement, offset);
    }
  return mentioned;
}
