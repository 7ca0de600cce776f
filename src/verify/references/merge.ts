import { compareKeys, type KeyCursor, keyAt, lastKey, readKeys } from "./chunk.ts";

/** A run of sorted keys, and whether there may be more after it. */
export interface Parents {
  readonly bytes: Buffer;
  readonly more: boolean;
}

/** Reads the next keys after `after`. */
export type ReadParents = (after: Buffer | undefined) => Promise<Parents>;

/** Chunks one after the other; the next is requested while the current one is processed. */
async function* chunks(
  read: ReadParents,
  after: Buffer | undefined,
  width: number | undefined,
): AsyncGenerator<KeyCursor> {
  let pending: Promise<Parents> | undefined = read(after);
  while (pending !== undefined) {
    const { bytes, more }: Parents = await pending;
    if (bytes.length === 0) return;
    pending = more ? read(lastKey(bytes, width, false)) : undefined;
    // A consumer that stops here does not need it.
    pending?.catch(() => {});
    yield readKeys(bytes, width, false);
  }
}

/**
 * The keys of a sorted chunk that a sorted stream lacks. Both are read once, in constant memory.
 * @param children keys with their counts
 * @param after where the stream begins
 */
export async function keysWithoutParent(
  children: Buffer,
  width: number | undefined,
  after: Buffer | undefined,
  readParents: ReadParents,
): Promise<Buffer[]> {
  const absent: Buffer[] = [];
  const child = readKeys(children, width, true);
  const stream = chunks(readParents, after, width);
  let parent: KeyCursor | undefined;
  /** Moves to the next key of the stream; false at its end. */
  const advance = async () => {
    for (;;) {
      parent = (await stream.next()).value ?? undefined;
      if (parent === undefined || parent.next()) return;
    }
  };
  await advance();
  while (child.next()) {
    while (parent !== undefined && compareKeys(parent, child) < 0) if (!parent.next()) await advance();
    if (parent === undefined || compareKeys(parent, child) !== 0) absent.push(keyAt(child));
  }
  await stream.return(undefined);
  return absent;
}
