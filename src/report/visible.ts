/**
 * Characters that move the cursor, change colours, break a line or change its direction: control characters of both
 * sets (C0, C1), the line and paragraph separators, and the bidirectional controls (Unicode Standard Annex 9, section
 * 2).
 */
const hidden = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** As in JSON, so that JSON means the same before and after. */
function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * A name, comment or message of any origin as part of one line: escapes what would be invisible or would break the
 * line.
 */
export function visible(text: string): string {
  return text.replace(hidden, escaped);
}

/** The lines of a text; each but the first begins with a mark, so that none looks like a line of this program. */
export function visibleLines(text: string): string[] {
  return text.split(/\r?\n/).map((line, i) => `${i === 0 ? "" : "  | "}${visible(line).trimEnd()}`);
}

/** A colour or style of reports (ECMA-48, SGR), or what {@link visible} escapes, except tabs and line ends. */
const colourOrHidden = new RegExp(`\\u001b\\[\\d{1,2}m|(?!\\t|\\r?\\n)${hidden.source}`, "gu");

/**
 * The last check of all output: lines and tabs stay, colours too if wanted, and other hidden characters are escaped.
 * Foreign texts have already passed {@link visible}; this catches what was missed.
 */
export function guarded(text: string, keepsColours: boolean): string {
  return text.replace(colourOrHidden, (found) =>
    found.length === 1 ? escaped(found) : keepsColours ? found : visible(found),
  );
}
