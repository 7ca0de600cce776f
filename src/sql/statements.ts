import { tokenAt } from "./tokens.ts";

/**
 * Splits a file into its statements. This is a lexer, not a parser: only the limits of a statement and its first
 * words matter here, and PostgreSQL decides what it means. The rules are those of psql (manual, section 4.1 "Lexical
 * Structure", and psql's handling of `;` in parentheses and in `BEGIN ATOMIC` bodies).
 */

export interface Statement {
  /** From the first token to the last one, without the semicolon. */
  readonly text: string;
  /** Where `text` starts in the file, in UTF-16 units. */
  readonly offset: number;
  /** The first words and symbols: keywords in upper case, quoted identifiers without quotes. At most 16. */
  readonly words: readonly string[];
  /** The same words as identifiers: unquoted ones are folded to lower case, as PostgreSQL does with ASCII letters. */
  readonly names: readonly string[];
  /** The first identifier that PostgreSQL would truncate, and its position in the file. */
  readonly longName?: { readonly name: string; readonly offset: number };
  /** Whether it is a COPY from or to the client (manual, "COPY"). */
  readonly copiesToClient: boolean;
}

/** In bytes: `NAMEDATALEN` minus one (manual, section 4.1.1). */
const longestName = 63;

const wordLimit = 16;

/** Tracks `BEGIN ATOMIC … END` bodies of SQL-standard functions, whose semicolons do not end the statement. */
function bodyDepth(depth: number, words: readonly string[], word: string): number {
  const routine =
    words[0] === "CREATE" && words.slice(1, 4).some((w) => w === "FUNCTION" || w === "PROCEDURE");
  if (!routine) return 0;
  if (word === "BEGIN" || (depth > 0 && word === "CASE")) return depth + 1;
  return word === "END" && depth > 0 ? depth - 1 : depth;
}

/**
 * The statements of an SQL text, in order, without comments and empty statements.
 * @throws UnterminatedError for an unclosed quote or comment
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let words: string[] = [];
  let names: string[] = [];
  let start = -1;
  let last = 0;
  let parens = 0;
  let body = 0;
  let longName: Statement["longName"];
  let copiesToClient = false;
  let previous = "";
  const finish = () => {
    const text = sql.slice(start, last);
    const statement = { text, offset: start, words, names, copiesToClient };
    if (start >= 0) statements.push(longName === undefined ? statement : { ...statement, longName });
    longName = undefined;
    copiesToClient = false;
    previous = "";
    words = [];
    names = [];
    start = -1;
    parens = 0;
    body = 0;
  };
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at);
    const text = sql.slice(at, end);
    if (text === ";" && parens === 0 && body === 0) {
      // The rest is data, or nothing that could run after it.
      if (copiesToClient) break;
      finish();
    } else if (kind !== "blank") {
      if (start < 0) start = at;
      last = end;
      if (text === "(") parens++;
      if (text === ")" && parens > 0) parens--;
      const quoted = kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : undefined;
      const word = quoted ?? text.toUpperCase();
      // Parentheses contain parameters, one of which may be named "begin", and whole CASE expressions.
      if (kind === "word" && parens === 0) body = bodyDepth(body, words, word);
      const name = kind === "word" || kind === "quoted" ? word : "";
      // A U& name is shorter than its escapes.
      const escaped = kind === "quoted" && /U&$/i.test(sql.slice(at - 2, at));
      if (name.length > longestName / 4 && !escaped && Buffer.byteLength(name) > longestName)
        longName ??= { name: quoted ?? text, offset: at };
      if (words[0] === "COPY" && parens === 0 && kind === "word")
        copiesToClient ||= /^(FROM STDIN|TO STDOUT)$/.test(`${previous} ${word}`);
      previous = word;
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

/** The words after `prefix`, without the optional words of `skip`; undefined for other statements. */
function after(statement: Statement, prefix: readonly string[], skip: readonly string[]): string | undefined {
  const words = statement.words.filter((word) => !skip.includes(word));
  return prefix.every((word, i) => words[i] === word) ? words[prefix.length] : undefined;
}

const existence = ["IF", "NOT", "EXISTS"];

/** The name that `CREATE EXTENSION` creates, folded as PostgreSQL does; undefined for other statements. */
export function createdExtension(statement: Statement): string | undefined {
  return after(statement, ["CREATE", "EXTENSION"], existence)?.toLowerCase();
}

/** The names that `DROP EXTENSION` drops, folded as PostgreSQL does; none for other statements. */
export function droppedExtensions({ words, names }: Statement): string[] {
  if (words[0] !== "DROP" || words[1] !== "EXTENSION") return [];
  const first = words[2] === "IF" && words[3] === "EXISTS" ? 4 : 2;
  return names.slice(first).filter((name, i) => name !== "," && (i === 0 || words[first + i - 1] === ","));
}

/** The unqualified name of the table that `CREATE TABLE` creates; undefined for other statements. */
export function createdTable(statement: Statement): string | undefined {
  return after(statement, ["CREATE", "TABLE"], [...existence, "UNLOGGED", "PUBLIC", "."])?.toLowerCase();
}

/** The index that a `CREATE INDEX CONCURRENTLY` builds. */
export interface ConcurrentIndex {
  /** Undefined if PostgreSQL generates one. */
  readonly name: string | undefined;
  /** The schema of its table, and so of the index. */
  readonly schema: string;
  readonly table: string;
}

/** The index that `CREATE INDEX CONCURRENTLY` builds; undefined for other statements. */
export function concurrentIndex({ words, names }: Statement): ConcurrentIndex | undefined {
  let at = 0;
  const skip = (...expected: string[]): boolean => {
    // A quoted name is never a keyword.
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
