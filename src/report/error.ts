import type { SocratesError } from "../errors.ts";
import { snippet } from "./snippet.ts";

/** Escape sequences for colours, by hand: an error must not wait for a library. */
function paint(color: boolean, code: number, text: string): string {
  return color ? `\u001b[${code}m${text}\u001b[39m` : text;
}

/** Names and PostgreSQL's messages may hold line breaks and escape sequences: a cause is one line. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Several lines stay several lines, indented as parts of one message. */
function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/\p{Cc}/gu, " ").trimEnd())
    .join("\n  ");
}

/** An error for people: the cause in one line, the place in the file, what PostgreSQL adds, and what to do. */
export function errorText(error: SocratesError, color: boolean): string {
  const { message, hint, sql } = error;
  const lines = [`${paint(color, 31, "error:")} ${oneLine(message)}`, ...snippet(error)];
  if (sql?.detail !== undefined) lines.push(`detail: ${indented(sql.detail)}`);
  if (sql?.hint !== undefined) lines.push(`PostgreSQL hint: ${indented(sql.hint)}`);
  if (sql?.context !== undefined) lines.push(`context: ${indented(sql.context)}`);
  return [...lines, `${paint(color, 36, "hint:")} ${oneLine(hint)}`].join("\n");
}

/**
 * An error as the JSON of the command-line contract.
 * @param clean takes secrets out of a text; applied to the values, so that the keys stay as they are
 */
export function errorJson(error: SocratesError, clean: (text: string) => string): string {
  const { code, location, sql } = error;
  const body = {
    code,
    message: clean(error.message),
    hint: clean(error.hint),
    ...(location && { location }),
    ...(sql && { sql: Object.fromEntries(Object.entries(sql).map(([key, text]) => [key, clean(text)])) }),
  };
  return `${JSON.stringify({ schemaVersion: 1, error: body }, null, 2)}\n`;
}
