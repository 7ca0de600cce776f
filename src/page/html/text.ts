import { escaped } from "../../diagram/labels.ts";

/** Characters that no font shows or that reorder the text around them, without line breaks and tabs. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text with its invisible characters as their numbers, such as `\202E`. */
export function visible(value: string): string {
  return value.replace(invisible, escaped);
}

/** Any text as HTML, in elements and in quoted attributes, with invisible characters as their numbers. */
export function text(value: string): string {
  return visible(value).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Data inside a script element of a page: no text in it ends the element. */
export function scriptData(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (character) => `\\u00${(character.codePointAt(0) ?? 0).toString(16)}`,
  );
}

/** A number with its noun. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
