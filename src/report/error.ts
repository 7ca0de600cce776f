import type { SocratesError } from "../errors.ts";
import { snippet } from "./snippet.ts";
import { visible, visibleLines } from "./visible.ts";
import { indented } from "./wrap.ts";

/** Escape sequences for colours, without a library: an error must not wait for one to load. */
function paint(color: boolean, code: number, text: string): string {
  return color ? `\u001b[${code}m${text}\u001b[39m` : text;
}

/** Names and PostgreSQL's messages may contain line breaks: a cause is one line. */
function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, " ").trim());
}

/**
 * An error as lines of text: the message, the place in the file, PostgreSQL's details, and the hint.
 * @param width columns of the terminal, to which the hint is wrapped; undefined without one
 * @param clean removes secrets from a text, before it is split into lines
 */
export function errorLines(
  error: SocratesError,
  color: boolean,
  width: number | undefined,
  clean: (text: string) => string = (text) => text,
): string[] {
  const title = "hint: ";
  const { message, hint, sql } = error;
  const added = (name: string, text: string | undefined) =>
    text === undefined ? [] : visibleLines(`${name}: ${clean(text)}`);
  return [
    `${paint(color, 31, "error:")} ${oneLine(clean(message))}`,
    ...snippet(error).map(clean),
    ...added("detail", sql?.detail),
    ...added("PostgreSQL hint", sql?.hint),
    ...added("context", sql?.context),
    ...indented(oneLine(clean(hint)), " ".repeat(title.length), width).map((line, i) =>
      i === 0 ? `${paint(color, 36, title.trimEnd())}${line.slice(title.length - 1)}` : line,
    ),
  ];
}

/**
 * An error as the JSON of the command-line contract.
 * @param clean removes secrets from a text; applied to the values, so that the keys stay as they are
 */
export function errorJson(error: SocratesError, clean: (text: string) => string): string {
  const { code, location, sql, finished } = error;
  const body = {
    code,
    message: clean(error.message),
    hint: clean(error.hint),
    ...(location && { location }),
    ...(sql && { sql: Object.fromEntries(Object.entries(sql).map(([key, text]) => [key, clean(text)])) }),
  };
  const done = finished && { [finished.direction === "up" ? "applied" : "rolledBack"]: finished.migrations };
  return `${JSON.stringify({ schemaVersion: 1, error: body, ...done }, null, 2)}\n`;
}
