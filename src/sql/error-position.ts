import type { Statement } from "./statements.ts";

/**
 * The fields of PostgreSQL's error with its position (manual, section 55.8); postgres.js does not declare them all.
 */
export interface ErrorPlace {
  readonly message: string;
  /** In the message that was sent, in characters from 1. */
  readonly position?: string;
  readonly internal_position?: string;
  readonly internal_query?: string;
  /** The whole message that was sent. */
  readonly query?: string;
}

function utf16Offset(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join("").length;
}

/**
 * The position of an error in a statement: PostgreSQL's position if there is one, else the line of the DO block in
 * its context, else the start.
 * @param context the calls inside the statement, innermost first
 * @returns UTF-16 units from the start of the statement
 */
export function offsetWithin(error: ErrorPlace, statement: Statement, context: string | undefined): number {
  const { internal_position, internal_query, position } = error;
  if (internal_query === undefined)
    return position === undefined
      ? lineOffset(statement, context)
      : utf16Offset(statement.text, Number(position) - 1);
  const index = Number(internal_position) - 1;
  if (internal_query === statement.text) return inStatement(error, statement, index);
  // The body of a function or DO block in dollar quotes.
  const start = statement.text.indexOf(internal_query);
  const isUnique = start >= 0 && start === statement.text.lastIndexOf(internal_query);
  return isUnique ? start + utf16Offset(internal_query, index) : lineOffset(statement, context);
}

/**
 * The position counts from the start of the statement. For a PL/pgSQL body, PostgreSQL looks the body up in the whole
 * message (`function_parse_error_transpose` in pg_proc.c), and counts from the start of that.
 */
function inStatement({ message, query = "" }: ErrorPlace, { text }: Statement, index: number): number {
  const sentBefore = query.indexOf(text);
  const before = sentBefore < 0 ? 0 : [...query.slice(0, sentBefore)].length;
  const candidates = [index, index - before]
    .filter((candidate) => candidate >= 0)
    .map((candidate) => utf16Offset(text, candidate))
    .filter((offset) => offset < text.length);
  // The message quotes the word at the position, in whatever language it is.
  const quoted = (offset: number) => {
    const [word = ""] = /^(?:[\w\u0080-\uffff]+|\S)/.exec(text.slice(offset, offset + 64)) ?? [];
    return message.includes(word) ? word.length : 0;
  };
  const [best = 0] = candidates.sort((a, b) => quoted(b) - quoted(a));
  return best;
}

/** The start of the line in the DO block: lines count from the opening quote of its body. */
function lineOffset({ text, words }: Statement, context = ""): number {
  const outermost = context.slice(context.lastIndexOf("\n") + 1);
  const line = outermost.includes("inline_code_block") ? /\d+/.exec(outermost)?.[0] : undefined;
  const opening = /\$\w*\$/.exec(text);
  if (words[0] !== "DO" || line === undefined || opening === null) return 0;
  let offset = opening.index + opening[0].length;
  for (let i = 1; i < Number(line); i++) {
    const next = text.indexOf("\n", offset);
    if (next < 0) return 0;
    offset = next + 1;
  }
  return offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
}
