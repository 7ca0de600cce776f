import type { SocratesError } from "../errors.ts";
import { visible } from "./visible.ts";

/** A longer line is shown in part: lines of a dump may have megabytes. */
const longestLine = 120;

/** Characters that take two columns of a terminal (Unicode, East Asian Width), and marks that take none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const mark = /[\p{Mn}\p{Cf}]/u;

/** Blanks as wide as a character; tabs stay tabs, so that the caret is below its column at any tab width. */
function blanks(character: string): string {
  if (character === "\t") return "\t";
  if (mark.test(character)) return "";
  return wide.test(character) ? "  " : " ";
}

/** The part of a long line around the column, with dots for what is left out. */
function part(line: readonly string[], column: number): { shown: readonly string[]; caret: number } {
  if (line.length <= longestLine) return { shown: line, caret: column - 1 };
  const start = Math.max(0, Math.min(column - 1 - longestLine / 2, line.length - longestLine));
  const end = start + longestLine;
  const before = start > 0 ? ["…"] : [];
  const after = end < line.length ? ["…"] : [];
  return {
    shown: [...before, ...line.slice(start, end), ...after],
    caret: column - 1 - start + before.length,
  };
}

/** The line of a file in an error, and a caret below its column; nothing without a place. */
export function snippet({ location, sourceLine }: SocratesError): string[] {
  if (location === undefined || sourceLine === undefined) return [];
  const gutter = String(location.line);
  // One character for one, so that the caret stays below its column.
  const characters = [...sourceLine].map((c) => (c === "\t" || visible(c) === c ? c : " "));
  const { shown, caret } = part(characters, location.column);
  const indent = shown.slice(0, caret).map(blanks);
  return [`  ${gutter} | ${shown.join("")}`, `  ${" ".repeat(gutter.length)} | ${indent.join("")}^`];
}
