/** Fields of rows as text, escaped as in the text format of COPY (PostgreSQL manual, "COPY", file formats). */

export const nullField = "\\N";

/** Text as a field; for texts that are written by people, as ids and numbers need nothing. */
export function field(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}

/** A value as a field of a JSON column. */
export function jsonField(value: unknown): string {
  return field(JSON.stringify(value));
}

/** Hundredths as a decimal number: 87 is `0.87`. */
export function hundredths(value: number): string {
  return `${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}`;
}
