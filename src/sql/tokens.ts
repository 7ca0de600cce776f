/** An unclosed quote or comment. `offset` is where it opens. */
export class UnterminatedError extends Error {
  readonly what: string;
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`${what} is never closed`);
    this.what = what;
    this.offset = offset;
  }
}

/** PostgreSQL's white space: others, such as U+00A0, are letters to it. */
const blank = /[ \t\n\r\f\v]/;
/** A carriage return alone also ends a comment, as in files of old editors. */
const lineCommentPattern = /--[^\n\r]*/y;
const wordPattern = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const numberPattern = /\d[\w.]*/y;
const dollarTagPattern = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** The end of a quoted text that starts at `at`, with doubled quotes inside it; with `escapes`, also backslashes. */
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

/**
 * Where a string continues: after blanks and line comments that include a line break (manual, section 4.1.2.1).
 * Undefined if it does not.
 */
function continuation(sql: string, at: number): number | undefined {
  let hasBreak = false;
  let i = at;
  for (;;) {
    const c = sql[i] ?? "";
    if (c === "'") return hasBreak ? i : undefined;
    if (blank.test(c)) {
      hasBreak ||= c === "\n" || c === "\r";
      i++;
    } else {
      const comment = matchAt(lineCommentPattern, sql, i);
      if (comment === undefined) return undefined;
      i += comment.length;
    }
  }
}

/** The end of a string with its continuations on later lines, which also have escapes in an E string. */
function endOfString(sql: string, at: number, escapes: boolean): number {
  let end = endOfQuoted(sql, at, "'", escapes);
  for (;;) {
    const next = continuation(sql, end);
    if (next === undefined) return end;
    end = endOfQuoted(sql, next, "'", escapes);
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

/** One token of an SQL text. */
export interface Token {
  readonly kind: "blank" | "word" | "quoted" | "string" | "symbol";
  readonly end: number;
}

/**
 * The token that starts at an offset, by the rules of psql (manual, section 4.1 "Lexical Structure").
 * @throws UnterminatedError
 */
export function tokenAt(sql: string, at: number): Token {
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

/** A comment from `--` to the end of its line. */
export interface LineComment {
  readonly text: string;
  readonly offset: number;
  /** Whether a statement begins before it. */
  readonly afterStatement: boolean;
}

/**
 * The line comments of a text, in order, without those inside strings and block comments. Ends at an unclosed quote
 * or comment.
 * @param until end of the search, once a statement has begun
 */
export function* lineComments(sql: string, until: number): Generator<LineComment> {
  let afterStatement = false;
  for (let at = 0; at < sql.length && !(afterStatement && at > until); ) {
    let token: Token;
    try {
      token = tokenAt(sql, at);
    } catch (error) {
      if (error instanceof UnterminatedError) return;
      throw error;
    }
    const { kind, end } = token;
    if (kind !== "blank" && sql[at] !== ";") afterStatement = true;
    if (sql.startsWith("--", at)) yield { text: sql.slice(at, end), offset: at, afterStatement };
    at = end;
  }
}

/** Whether a text has anything besides blanks, comments and semicolons. */
export function startsStatement(sql: string): boolean {
  for (let at = 0; at < sql.length; ) {
    try {
      const { kind, end } = tokenAt(sql, at);
      if (kind !== "blank" && sql[at] !== ";") return true;
      at = end;
    } catch (error) {
      if (error instanceof UnterminatedError) return true;
      throw error;
    }
  }
  return false;
}
