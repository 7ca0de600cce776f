import { malformed } from "./malformed.ts";
import { checkName } from "./settings.ts";

/** As C's `isspace`: Unicode blanks are ordinary characters. */
const blank = /[ \t-\r]/;

/**
 * Parses a keyword/value string such as `host=localhost dbname='a b'` (PostgreSQL manual, section 32.1.1.1): blanks
 * may surround `=`, a value in single quotes may contain blanks, and a backslash escapes the next character. The last
 * value of a repeated parameter wins.
 * @throws SocratesError `connection-string`, with the position of the error but never the text.
 */
export function parseKeywordValue(text: string, source: string): Map<string, string> {
  const values = new Map<string, string>();
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const start = at;
    while (at < text.length && text[at] !== "=" && !blank.test(text.charAt(at))) at++;
    const name = text.slice(start, at);
    at = skipBlanks(text, at);
    if (text[at] !== "=") {
      throw malformed(
        source,
        `"=" is missing after the word at character ${start + 1}`,
        "Put a value with blanks in single quotes: dbname='a b'.",
      );
    }
    checkName(name, start + 1, source);
    const value = readValue(text, skipBlanks(text, at + 1), source);
    values.set(name, value.text);
    at = skipBlanks(text, value.end);
  }
  return values;
}

function readValue(text: string, start: number, source: string): { text: string; end: number } {
  const quoted = text[start] === "'";
  let value = "";
  for (let at = quoted ? start + 1 : start; at < text.length; at++) {
    const character = text.charAt(at);
    if (quoted && character === "'") return { text: value, end: at + 1 };
    if (!quoted && blank.test(character)) return { text: value, end: at };
    if (character === "\\") at++;
    value += text.charAt(at);
  }
  if (quoted) {
    throw malformed(
      source,
      `the quote at character ${start + 1} is never closed`,
      "Write a quote inside a value as \\'.",
    );
  }
  return { text: value, end: text.length };
}

/** The first position at or after a position that is not a blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && blank.test(text.charAt(at))) at++;
  return at;
}

/** The position of the first trailing blank of a text. */
export function endBeforeBlanks(text: string): number {
  let end = text.length;
  while (end > 0 && blank.test(text.charAt(end - 1))) end--;
  return end;
}
