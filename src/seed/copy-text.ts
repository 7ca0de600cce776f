/** Rows in the text format of COPY (PostgreSQL manual, "COPY", file formats). */

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

/** Bytes in one message to the server: the cost of a message no longer counts, and little is held in memory. */
const chunkSize = 128 * 1024;

/** What is told of rows that are on their way. */
export type OnRows = (rows: number) => void;

/** Gathers rows into messages. @param rows lines without their ends */
export function* copyChunks(rows: Iterable<string>, onRows: OnRows): Generator<Buffer> {
  let text = "";
  let count = 0;
  for (const row of rows) {
    text += `${row}\n`;
    count++;
    if (text.length < chunkSize) continue;
    yield Buffer.from(text);
    onRows(count);
    text = "";
    count = 0;
  }
  if (count > 0) yield Buffer.from(text);
  onRows(count);
}
