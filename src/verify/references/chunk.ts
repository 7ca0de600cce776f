/** Reads the keys of a chunk one after the other, without allocating objects. */
export interface KeyCursor {
  readonly bytes: Buffer;
  /** The current key is `bytes[start..end)`. */
  start: number;
  end: number;
  /** Moves to the next key; false at the end. */
  next(): boolean;
}

const lengthBytes = 4;
/** The number of occurrences follows each key in a chunk of references. */
const countBytes = 8;

/**
 * @param width of a key in bytes; undefined if each key has its length in front
 * @param counted whether each key is followed by its number of occurrences
 */
export function readKeys(bytes: Buffer, width: number | undefined, counted: boolean): KeyCursor {
  const behind = counted ? countBytes : 0;
  let next = 0;
  const cursor: KeyCursor = {
    bytes,
    start: 0,
    end: 0,
    next: () => {
      if (next >= bytes.length) return false;
      cursor.start = width === undefined ? next + lengthBytes : next;
      cursor.end = cursor.start + (width ?? bytes.readUInt32BE(next));
      next = cursor.end + behind;
      return true;
    },
  };
  return cursor;
}

/** A copy of the current key, so that the chunk can be freed. */
export function keyAt({ bytes, start, end }: KeyCursor): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}

/** Compares keys of two chunks by their bytes; most differ in the first ones. */
export function compareKeys(a: KeyCursor, b: KeyCursor): number {
  const length = Math.min(a.end - a.start, b.end - b.start);
  for (let i = 0; i < length; i++) {
    const difference = (a.bytes[a.start + i] ?? 0) - (b.bytes[b.start + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.end - a.start - (b.end - b.start);
}

/** All keys of a chunk. */
export function keysOf(bytes: Buffer, width: number | undefined, counted: boolean): Buffer[] {
  const keys: Buffer[] = [];
  const cursor = readKeys(bytes, width, counted);
  while (cursor.next()) keys.push(keyAt(cursor));
  return keys;
}

/** The last key of a non-empty chunk. */
export function lastKey(bytes: Buffer, width: number | undefined, counted: boolean): Buffer {
  if (width !== undefined) {
    const end = bytes.length - (counted ? countBytes : 0);
    return Buffer.from(bytes.subarray(end - width, end));
  }
  const cursor = readKeys(bytes, width, counted);
  while (cursor.next());
  return keyAt(cursor);
}
