import stringWidth from "string-width";

/** Cells that a text takes on a terminal: East Asian wide characters and emoji take two (Unicode annex 11). */
export function cells(text: string): number {
  return stringWidth(text);
}
