/**
 * Control characters, invisible ones and spaces other than the plain one would break a line or a terminal;
 * box-drawing characters would look like lines.
 */
const unprintable = /[\p{C}\p{Z}\u2500-\u257f]/u;

/** As PostgreSQL writes them in `U&"…"` (manual, section 4.1.2.3): `\4E2D`, `\+01F600`. */
export function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return code.length > 4 ? `\\+${code.padStart(6, "0")}` : `\\${code.padStart(4, "0")}`;
}

/** A name with unprintable characters escaped. */
export function printable(name: string): string {
  return [...name].map((c) => (c !== " " && unprintable.test(c) ? escaped(c) : c)).join("");
}

/** A name in ASCII, with all other characters escaped. */
export function sevenBit(name: string): string {
  return [...name].map((c) => (/^[ -~]$/.test(c) ? c : escaped(c))).join("");
}
