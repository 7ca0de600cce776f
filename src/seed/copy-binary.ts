import { type Encoder, putInt16, putInt32 } from "./binary-fields.ts";
import { nullField } from "./fields.ts";

/** Bytes in one message to the server: the cost of a message no longer counts, and little is held in memory. */
const chunkSize = 128 * 1024;

/** Signature, flags, length of an extension. */
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);

/** What is told of rows that are on their way. */
export type OnRows = (rows: number) => void;

/** More than a row takes, whatever it holds: a character has at most three bytes, and no field is longer than its text by more. */
function mostBytes(row: string, fields: number): number {
  return 3 * row.length + 64 * fields;
}

function putRow(buffer: Buffer, at: number, row: string, encoders: readonly Encoder[]): number {
  let end = putInt16(buffer, at, encoders.length);
  let from = 0;
  for (const encode of encoders) {
    const tab = row.indexOf("\t", from);
    const text = row.slice(from, tab < 0 ? row.length : tab);
    from += text.length + 1;
    const start = end + 4;
    end = text === nullField ? start : encode(buffer, start, text);
    putInt32(buffer, start - 4, text === nullField ? -1 : end - start);
  }
  return end;
}

/**
 * Gathers rows into messages of the binary format of COPY.
 * @param rows fields as text, with tabs between them
 * @param encoders of their columns
 */
export function* copyChunks(
  rows: Iterable<string>,
  encoders: readonly Encoder[],
  onRows: OnRows,
): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(chunkSize);
  let end = header.copy(buffer);
  let count = 0;
  for (const row of rows) {
    const most = mostBytes(row, encoders.length);
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
