import stringWidth from "string-width";

/** Width of a text on a terminal, in cells: East Asian wide characters and emoji take two (Unicode annex 11). */
export function cells(text: string): number {
  return stringWidth(text);
}
