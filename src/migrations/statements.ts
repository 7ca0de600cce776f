/**
 * Splits a file into its statements. This is a lexer and no parser: what a statement means is for PostgreSQL to say;
 * here only its limits and its first words are of interest. The rules are those of psql (manual, section 4.1
 * "Lexical Structure", and psql's handling of `;` in parentheses and in `BEGIN ATOMIC` bodies).
 */

export interface Statement {
  /** From the first token to the last one, without the semicolon. */
  readonly text: string;
  /** Where `text` starts in the file, in UTF-16 units. */
  readonly offset: number;
  /** The first words and symbols: keywords in upper case, quoted identifiers as they are without quotes. At most 16. */
  readonly words: readonly string[];
  /** The same words as identifiers: what has no quotes is folded to lower case, as PostgreSQL does with its ASCII letters. */
  readonly names: readonly string[];
}

/** A quote or comment that never closes. `offset` is where it opens. */
export class UnterminatedError extends Error {
  readonly what: string;
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`${what} is never closed`);
    this.what = what;
    this.offset = offset;
  }
}

const wordLimit = 16;
/** White space to PostgreSQL: others, such as U+00A0, are letters to it. */
const blank = /[ \t\n\r\f\v]/;
/** A carriage return alone ends a comment too, as in files of old editors. */
const lineCommentPattern = /--[^\n\r]*/y;
/** What may stand between two parts of one string, with a line break in it (manual, section 4.1.2.1). */
const continuationPattern = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:\s|--[^\n\r]*)*(?=')/y;
const wordPattern = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const numberPattern = /\d[\w.]*/y;
const dollarTagPattern = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** The end of a quoted run that starts at `at`, doubled quotes being part of it; with `escapes`, backslashes too. */
function endOfQuoted(sql: string, at: number, quote: string, escapes: boolean): number {
  for (let i = at + 1; i < sql.length; i++) {
    const c = sql[i];
    if (escapes && c === "\\") i++;
    else if (c === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  throw new UnterminatedError(quote === '"' ? "a quoted identifier" : "a string", at);
}

/** The end of a string with its continuations on later lines: those of an E string know escapes, too. */
function endOfString(sql: string, at: number, escapes: boolean): number {
  let end = endOfQuoted(sql, at, "'", escapes);
  for (;;) {
    const gap = matchAt(continuationPattern, sql, end);
    if (gap === undefined) return end;
    end = endOfQuoted(sql, end + gap.length, "'", escapes);
  }
}

/** Block comments nest in PostgreSQL (manual, section 4.1.5). */
function endOfBlockComment(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql.startsWith("/*", i)) {
      depth++;
      i++;
    } else if (sql.startsWith("*/", i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  throw new UnterminatedError("a comment", at);
}

interface Token {
  readonly kind: "blank" | "word" | "quoted" | "string" | "symbol";
  readonly end: number;
}

function tokenAt(sql: string, at: number): Token {
  const c = sql[at] ?? "";
  const next = sql[at + 1] ?? "";
  if (blank.test(c)) return { kind: "blank", end: at + 1 };
  if (c === "-" && next === "-")
    return { kind: "blank", end: at + (matchAt(lineCommentPattern, sql, at) ?? "").length };
  if (c === "/" && next === "*") return { kind: "blank", end: endOfBlockComment(sql, at) };
  if (c === '"') return { kind: "quoted", end: endOfQuoted(sql, at, '"', false) };
  if (c === "'") return { kind: "string", end: endOfQuoted(sql, at, "'", false) };
  if (c === "$") {
    const tag = matchAt(dollarTagPattern, sql, at);
    if (tag === undefined) return { kind: "symbol", end: at + 1 };
    const close = sql.indexOf(tag, at + tag.length);
    if (close < 0) throw new UnterminatedError(`a string quoted with ${tag}`, at);
    return { kind: "string", end: close + tag.length };
  }
  const word = matchAt(wordPattern, sql, at);
  if (word !== undefined) {
    const end = at + word.length;
    const quote = sql[end];
    if (quote === "'" && /^[EBXN]$/i.test(word))
      return { kind: "string", end: endOfString(sql, end, /^e$/i.test(word)) };
    return { kind: "word", end };
  }
  return { kind: "symbol", end: at + (matchAt(numberPattern, sql, at)?.length ?? 1) };
}

/** Follows `BEGIN ATOMIC … END` bodies of SQL-standard functions, whose semicolons end no statement. */
function bodyDepth(depth: number, words: readonly string[], word: string): number {
  const routine =
    words[0] === "CREATE" && words.slice(1, 4).some((w) => w === "FUNCTION" || w === "PROCEDURE");
  if (!routine) return 0;
  if (word === "BEGIN" || (depth > 0 && word === "CASE")) return depth + 1;
  return word === "END" && depth > 0 ? depth - 1 : depth;
}

/**
 * The statements of an SQL text, in order; comments and empty statements between them are left out.
 * @throws UnterminatedError for a quote or comment that never closes
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let words: string[] = [];
  let names: string[] = [];
  let start = -1;
  let last = 0;
  let parens = 0;
  let body = 0;
  const finish = () => {
    if (start >= 0) statements.push({ text: sql.slice(start, last), offset: start, words, names });
    words = [];
    names = [];
    start = -1;
    parens = 0;
    body = 0;
  };
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at);
    const text = sql.slice(at, end);
    if (text === ";" && parens === 0 && body === 0) finish();
    else if (kind !== "blank") {
      if (start < 0) start = at;
      last = end;
      if (text === "(") parens++;
      if (text === ")" && parens > 0) parens--;
      const quoted = kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : undefined;
      const word = quoted ?? text.toUpperCase();
      // In parentheses stand parameters, one of which may be called "begin", and whole CASE expressions.
      if (kind === "word" && parens === 0) body = bodyDepth(body, words, word);
      if (words.length < wordLimit && kind !== "string") {
        words.push(kind === "symbol" ? text : word);
        names.push(quoted ?? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
      }
    }
    at = end;
  }
  finish();
  return statements;
}

/**
 * Where the first statement begins: at the end of the text where there is none. Reads no further than that.
 * @throws UnterminatedError for a comment in front of it that never closes
 */
export function firstStatementOffset(sql: string): number {
  let at = 0;
  while (at < sql.length) {
    const c = sql[at] ?? "";
    const opensComment = sql.startsWith("--", at) || sql.startsWith("/*", at);
    if (c !== ";" && !blank.test(c) && !opensComment) break;
    at = tokenAt(sql, at).end;
  }
  return at;
}

const transactionControl = new Set([
  "BEGIN",
  "START",
  "COMMIT",
  "END",
  "ROLLBACK",
  "ABORT",
  "SAVEPOINT",
  "RELEASE",
]);

/** Whether a statement controls the transaction, which the runner alone may do (manual, "SQL Commands"). */
export function isTransactionControl(statement: Statement): boolean {
  const [first = "", second] = statement.words;
  return transactionControl.has(first) || (first === "PREPARE" && second === "TRANSACTION");
}

/** The words behind `prefix`, with the optional words of `skip` left out; undefined where the statement is another one. */
function after(statement: Statement, prefix: readonly string[], skip: readonly string[]): string | undefined {
  const words = statement.words.filter((word) => !skip.includes(word));
  return prefix.every((word, i) => words[i] === word) ? words[prefix.length] : undefined;
}

const existence = ["IF", "NOT", "EXISTS"];

/** The name that `CREATE EXTENSION` makes, folded as PostgreSQL folds it; undefined for other statements. */
export function createdExtension(statement: Statement): string | undefined {
  return after(statement, ["CREATE", "EXTENSION"], existence)?.toLowerCase();
}

/** The unqualified name of the table that `CREATE TABLE` makes; undefined for other statements. */
export function createdTable(statement: Statement): string | undefined {
  return after(statement, ["CREATE", "TABLE"], [...existence, "UNLOGGED", "PUBLIC", "."])?.toLowerCase();
}

/** The index that a `CREATE INDEX CONCURRENTLY` builds. */
export interface ConcurrentIndex {
  /** Undefined where PostgreSQL is to choose one. */
  readonly name: string | undefined;
  /** The schema of its table, and so of the index. */
  readonly schema: string;
  readonly table: string;
}

/** What `CREATE INDEX CONCURRENTLY` builds; undefined for other statements. */
export function concurrentIndex({ words, names }: Statement): ConcurrentIndex | undefined {
  let at = 0;
  const skip = (...expected: string[]): boolean => {
    // A name in quotes is no keyword, whatever its letters are.
    const found = expected.every((word, i) => words[at + i] === word && names[at + i] !== word);
    if (found) at += expected.length;
    return found;
  };
  if (!skip("CREATE")) return undefined;
  skip("UNIQUE");
  if (!skip("INDEX", "CONCURRENTLY")) return undefined;
  skip("IF", "NOT", "EXISTS");
  const name = words[at] === "ON" && names[at] === "on" ? undefined : names[at++];
  if (!skip("ON")) return undefined;
  skip("ONLY");
  const first = names[at] ?? "";
  const second = words[at + 1] === "." ? names[at + 2] : undefined;
  return second === undefined
    ? { name, schema: "public", table: first }
    : { name, schema: first, table: second };
}
