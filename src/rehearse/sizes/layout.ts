/**
 * Sizes of files that PostgreSQL writes in one pass, from widths of columns (manual, section 66.6, Database Page Layout,
 * and the sources `htup_details.h`, `nbtsort.c`, `nbtdedup.c`).
 */

/** A column of a row, or a part of an index. */
export interface Part {
  /** `attlen`: bytes, or less than 0 for a variable length. */
  readonly length: number;
  /** `attalign`: `c`, `s`, `i`, `d`. */
  readonly align: string;
  /** The average stored width of a value of variable length, with its header. */
  readonly width: number;
  /** Fraction of nulls, from 0 to 1. */
  readonly nulls: number;
}

export const blockSize = 8192;
const pageHeader = 24;
const linePointer = 4;
/** A value of variable length has a header of one byte, and no alignment, up to this width. */
const shortest = 127;

const alignments: Readonly<Record<string, number>> = { c: 1, s: 2, i: 4, d: 8 };

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

interface Data {
  /** Expected bytes with padding, up to a multiple of 8. */
  readonly bytes: number;
  /** Whether all rows have the same. */
  readonly isExact: boolean;
}

function paddingAt(offset: number, alignment: number): number {
  return (alignment - (offset % alignment)) % alignment;
}

const offsets = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** The data of a row: the padding of each value depends on how probable each offset before it is, modulo 8. */
function dataOf(parts: readonly Part[]): Data {
  let bytes = 0;
  let isExact = true;
  let chances: readonly number[] = offsets.map((offset) => (offset === 0 ? 1 : 0));
  const padding = (alignment: number) =>
    chances.reduce((sum, chance, offset) => sum + chance * paddingAt(offset, alignment), 0);
  for (const { length, align, width, nulls } of parts) {
    const isShort = length < 0 && width <= shortest;
    const alignment = isShort ? 1 : (alignments[align] ?? 8);
    const present = 1 - nulls;
    bytes += present * (padding(alignment) + (length < 0 ? width : length));
    // Where lengths vary, all offsets are as probable.
    const next: number[] = offsets.map(() => (length < 0 ? 1 / 8 : 0));
    if (length > 0)
      for (const offset of offsets) {
        const end = (offset + paddingAt(offset, alignment) + length) % 8;
        next[end] = (next[end] ?? 0) + (chances[offset] ?? 0);
      }
    chances = offsets.map((offset) => nulls * (chances[offset] ?? 0) + present * (next[offset] ?? 0));
    isExact &&= nulls === 1 || (length > 0 && nulls === 0);
  }
  return { bytes: bytes + padding(8), isExact };
}

/** The fraction of rows with a null. */
function withNulls(parts: readonly Part[]): number {
  return 1 - parts.reduce((none, { nulls }) => none * (1 - nulls), 1);
}

/** How many items of an average size a page has; those of various sizes leave half of one free. */
function itemsIn(space: number, item: number, isExact: boolean): number {
  const items = space / (item + linePointer);
  return Math.max(1, isExact ? Math.floor(items) : items - 0.5);
}

/**
 * The size of the new file of a table, in bytes.
 * @param attributes with those of dropped columns
 */
export function heapBytes(
  rows: number,
  parts: readonly Part[],
  { attributes, fillfactor = 100 }: { readonly attributes: number; readonly fillfactor?: number | undefined },
): number {
  const { bytes, isExact } = dataOf(parts);
  const nulls = attributes > parts.length ? 1 : withNulls(parts);
  const [plain, withBitmap] = [24, aligned(23 + Math.ceil(attributes / 8))];
  const header = plain + nulls * (withBitmap - plain);
  const space = blockSize - pageHeader - (blockSize * (100 - fillfactor)) / 100;
  const isUniform = isExact && (nulls === 0 || nulls === 1 || plain === withBitmap);
  return Math.ceil(rows / itemsIn(space, header + bytes, isUniform)) * blockSize;
}

/** What an index is built of. */
export interface BtreeInput {
  readonly rows: number;
  readonly parts: readonly Part[];
  /** Distinct keys, without nulls. */
  readonly distinct: number;
  /** Whether equal keys are stored once, with a list of rows. */
  readonly deduplicates: boolean;
  readonly fillfactor?: number | undefined;
}

/** Bytes of an entry of a B-tree index; its header of 8 has as many for nulls. */
function entryOf(parts: readonly Part[]): Data {
  const { bytes, isExact } = dataOf(parts);
  const nulls = withNulls(parts);
  return { bytes: 8 + nulls * 8 + bytes, isExact: isExact && (nulls === 0 || nulls === 1) };
}

/** The data that building a B-tree index sorts, in bytes: an entry and its length for each row. */
export function sortBytes({ rows, parts }: Pick<BtreeInput, "rows" | "parts">): number {
  return Math.ceil(rows * (entryOf(parts).bytes + 4));
}

/** A page has a special area of 16 bytes and a high key; one slot of it is not used. */
const leafSpace = blockSize - pageHeader - 16 - 2 * linePointer;
/** A list of rows has at most a tenth of a page (`maxpostingsize`), 6 bytes for each. */
const longestList = 808;
const inList = 6;

/** Leaf pages of entries, each key of which has as many rows. */
function leafPages({ rows, parts, distinct, deduplicates, fillfactor = 90 }: BtreeInput): number {
  if (rows <= 0) return 0;
  const entry = entryOf(parts);
  const reserve = Math.floor((blockSize * (100 - fillfactor)) / 100);
  const each = rows / Math.max(1, Math.min(distinct, rows));
  if (!deduplicates || each < 1.01) return rows / itemsIn(leafSpace - reserve, entry.bytes, entry.isExact);
  const most = Math.max(1, Math.floor((longestList - entry.bytes) / inList));
  const full = Math.floor(each / most);
  const rest = each - full * most;
  const listOf = (entries: number) => aligned(entry.bytes + inList * entries);
  const restBytes = rest <= 1 ? rest * entry.bytes : Math.min(listOf(rest), rest * entry.bytes);
  const item = full > 0 ? listOf(most) : restBytes / Math.min(1, rest);
  // The rest of a key counts as the part of a list that it fills.
  const items = full + (restBytes + linePointer * Math.min(1, rest)) / (item + linePointer);
  // The list of the last item is cut off in the high key, so that pages are filled further (`last_truncextra`).
  const space = leafSpace - Math.max(0, reserve - (item - entry.bytes));
  return (items * rows) / each / itemsIn(space, item, each > 8);
}

/** The size of a B-tree index that is built, in bytes. The nulls of a single column are equal keys. */
export function btreeBytes(input: BtreeInput): number {
  const { rows, parts } = input;
  const [only, second] = parts;
  const nulls = only !== undefined && second === undefined ? only.nulls : 0;
  const groups: readonly BtreeInput[] =
    only === undefined || nulls === 0
      ? [input]
      : [
          { ...input, rows: rows * (1 - nulls), parts: [{ ...only, nulls: 0 }] },
          { ...input, rows: rows * nulls, parts: [{ ...only, nulls: 1 }], distinct: 1 },
        ];
  const inner = itemsIn(leafSpace - Math.floor((blockSize * 30) / 100), entryOf(parts).bytes, true);
  let pages = Math.ceil(groups.reduce((sum, group) => sum + leafPages(group), 0));
  let all = pages + 1;
  while (pages > 1) {
    pages = Math.ceil(pages / Math.max(2, inner));
    all += pages;
  }
  return all * blockSize;
}
