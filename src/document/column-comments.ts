import type { Location } from "../errors.ts";
import { tokenAt } from "../sql/tokens.ts";
import { identifierPattern, namePattern } from "./headings.ts";
import type { Block } from "./markdown.ts";
import type { ListedValues } from "./model.ts";
import { placesIn } from "./sql-fence.ts";

/** A comment after a column, on the line where the column's definition ends. */
export interface ColumnComment {
  /** The parts of the table's name, as PostgreSQL folds them. */
  readonly table: readonly string[];
  /** The column's name, as PostgreSQL folds it. */
  readonly column: string;
  readonly text: string;
  readonly location: Location;
}

/** The comments of a SQL fence: those after columns, and all others. */
export interface Comments {
  readonly ofColumns: readonly ColumnComment[];
  readonly others: readonly { readonly text: string; readonly location: Location }[];
}

/** Words that begin a constraint, or another item that is not a column (manual, CREATE TABLE). */
export const notColumns: ReadonlySet<string> = new Set([
  "CONSTRAINT",
  "PRIMARY",
  "UNIQUE",
  "CHECK",
  "FOREIGN",
  "EXCLUDE",
  "LIKE",
  "NOT",
]);

/** Folds unquoted names to lower case in their ASCII letters, as PostgreSQL does in UTF-8. */
export function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The text of a comment of either kind, on one line. */
function textOf(comment: string): string {
  const inner = comment.startsWith("--") ? comment.slice(2) : comment.slice(2, -2);
  return inner.replace(/\s+/g, " ").trim();
}

/** Tracks tables and columns through the tokens of a statement. */
class Place {
  /** The table that is created or altered. */
  table: string[] = [];
  column: string | undefined;
  /** The words outside parentheses. */
  private first: string | undefined;
  private last: string | undefined;
  private hasTable = false;
  private depth = 0;
  private awaitsColumn = false;

  private get isCreate(): boolean {
    return this.first === "CREATE" && this.hasTable;
  }

  private see(word: string): void {
    if (this.depth !== 0) return;
    this.first ??= word;
    this.last = word;
    this.hasTable ||= word === "TABLE";
  }

  name(text: string, isQuoted: boolean): void {
    const name = isQuoted ? text.slice(1, -1).replaceAll('""', '"') : folded(text);
    const word = isQuoted ? "" : text.toUpperCase();
    const isAdded =
      this.depth === 0 && this.first === "ALTER" && /^(ADD|COLUMN|EXISTS)$/.test(this.last ?? "");
    if (this.awaitsColumn || (isAdded && !/^(COLUMN|IF)$/.test(word))) {
      this.column = notColumns.has(word) ? undefined : name;
      this.awaitsColumn = false;
    } else if (this.depth === 0 && this.namesTable(word)) this.table.push(name);
    this.see(word);
  }

  /** Whether a word at the top level of a statement is part of its table's name. */
  private namesTable(word: string): boolean {
    if (this.last === ".") return this.table.length > 0 && this.column === undefined;
    return this.hasTable && this.table.length === 0 && !/^(IF|NOT|EXISTS|ONLY)$/.test(word);
  }

  symbol(text: string): void {
    if (text === "(") this.depth++;
    if (text === ")") this.depth--;
    if (this.isCreate && this.depth === 1 && (text === "(" || text === ",")) this.awaitsColumn = true;
    this.see(text);
    if (text === ";" && this.depth <= 0) Object.assign(this, new Place());
  }
}

/** The comments of a SQL fence. Its statements must be complete. */
export function commentsOf(block: Block): Comments {
  const ofColumns: ColumnComment[] = [];
  const others: Comments["others"][number][] = [];
  const { text: sql } = block;
  const place = new Place();
  const locate = placesIn(block);
  let isBehind = false;
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at);
    const token = sql.slice(at, end);
    if (token.startsWith("--") || token.startsWith("/*")) {
      const comment = { text: textOf(token), location: locate(at) };
      if (place.column === undefined || !isBehind) others.push(comment);
      else ofColumns.push({ ...comment, table: place.table, column: place.column });
    } else if (kind !== "blank") {
      isBehind = true;
      if (kind === "word" || kind === "quoted") place.name(token, kind === "quoted");
      else if (kind === "symbol") place.symbol(token);
    }
    if (kind === "blank" && token.includes("\n")) isBehind = false;
    at = end;
  }
  return { ofColumns, others };
}

/** A reference in a comment's words, with the names as written. */
export interface WordedReference {
  /** Names before the column: the table, preceded by a schema or database. */
  readonly path: readonly string[];
  readonly column: string;
  readonly database: string | undefined;
}

const verbs =
  "\\b(?:references?|refers\\s+to|points\\s+to|links\\s+to|foreign\\s+key\\s+to|fk\\s+to|fk)\\b|->|\\u2192";
const referencePattern = new RegExp(
  `(?:${verbs})[\\s:]*(?:(?:->|\\u2192)\\s*)?(${namePattern})(?:\\s*\\(\\s*(${identifierPattern})\\s*\\))?(?:[\\s,(]+(?:in|of|from|at)\\s+(?:the\\s+)?(?:database\\s+)?(${identifierPattern}))?`,
  "iu",
);
const identifiers = new RegExp(identifierPattern, "gu");

/**
 * The reference in a comment: `References users(id) in staff`, `-> users.id in the staff database`.
 */
export function referenceIn(text: string): WordedReference | undefined {
  const [, name, inParentheses, database] = referencePattern.exec(text) ?? [];
  if (name === undefined) return undefined;
  const parts = name.match(identifiers) ?? [];
  const column = inParentheses ?? (parts.length > 1 ? parts.at(-1) : undefined);
  if (column === undefined) return undefined;
  return { path: inParentheses === undefined ? parts.slice(0, -1) : parts, column, database };
}

/** Whether a comment looks like a reference, whatever its wording. */
export function speaksOfReference(text: string): boolean {
  return /\breferences\s+\S|\brefers\s+to\s+\S/i.test(text);
}

/** At least two words, separated by commas or `or`, and nothing else: prose with a comma is not a list. */
const listPattern = /^[a-z][a-z0-9_]*(?:(?:\s*,\s*(?:or\s+)?|\s+or\s+)[a-z][a-z0-9_]*)+$/;

/** The values that a comment lists. */
export function listedValuesIn(text: string): ListedValues["values"] | undefined {
  return listPattern.test(text) ? text.split(/\s*,\s*(?:or\s+)?|\s+or\s+/) : undefined;
}
