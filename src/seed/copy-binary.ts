import { type Encoder, putInt16, putInt32 } from "./binary-fields.ts";
import { Id } from "./id.ts";
import type { Value } from "./tables/table.ts";

/** Bytes in one message to the server: the cost of a message no longer counts, and little is held in memory. */
const chunkSize = 128 * 1024;

/** Signature, flags, length of an extension. */
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);

/** What is told of rows that are on their way. */
export type OnRows = (rows: number) => void;

/** At least what a row takes: a character has at most three bytes, an id in an array 20, and 32 are enough for all else. */
function maxBytes(row: readonly Value[]): number {
  let most = 2 + 32 * row.length;
  for (const value of row)
    if (typeof value === "string") most += 3 * value.length;
    else if (typeof value === "object" && value !== null && !(value instanceof Id)) most += 20 * value.length;
  return most;
}

function putRow(buffer: Buffer, at: number, row: readonly Value[], encoders: readonly Encoder[]): number {
  if (row.length !== encoders.length) throw new RangeError("a row has not one value for each column");
  let end = putInt16(buffer, at, encoders.length);
  for (let i = 0; i < encoders.length; i++) {
    const value = row[i] ?? null;
    const start = end + 4;
    end = value === null ? start : (encoders[i]?.(buffer, start, value) ?? start);
    putInt32(buffer, start - 4, value === null ? -1 : end - start);
  }
  return end;
}

/**
 * Gathers rows into messages of the binary format of COPY.
 * @param encoders of the columns, as each row has them
 */
export function* copyChunks(
  rows: Iterable<readonly Value[]>,
  encoders: readonly Encoder[],
  onRows: OnRows,
): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(chunkSize);
  let end = header.copy(buffer);
  let count = 0;
  for (const row of rows) {
    const most = maxBytes(row);
    if (end + most > buffer.length) {
      yield buffer.subarray(0, end);
      onRows(count);
      buffer = Buffer.allocUnsafe(Math.max(chunkSize, most));
      end = 0;
      count = 0;
    }
    end = putRow(buffer, end, row, encoders);
    count++;
  }
  yield buffer.subarray(0, end);
  onRows(count);
  yield Buffer.from([0xff, 0xff]);
}
