import { type Encoder, putInt16, putInt32 } from "./binary-fields.ts";
import { Id } from "./id.ts";
import type { Value } from "./tables/table.ts";

/** Bytes per message to the server: enough to make the cost of a message negligible, and little memory. */
const chunkSize = 128 * 1024;

/** Signature, flags, length of the header extension. */
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);

/** Callbacks for rows on their way. */
export type OnRows = (rows: number) => void;

/** An upper bound for a row: a character has at most three bytes, an id in an array 20, and any other value 32. */
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
 * Packs rows into messages of COPY's binary format.
 * @param encoders of the columns, in the order of a row's values
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
