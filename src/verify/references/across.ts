import type { Session } from "../../database/session.ts";
import { fullRead } from "../full-read.ts";
import { keysOf, lastKey } from "./chunk.ts";
import { keysWithoutParent } from "./merge.ts";
import { orphanOf } from "./orphan.ts";
import type { Reference, ReferenceResult } from "./reference.ts";
import {
  absentSql,
  type ChunkRow,
  childrenSql,
  parentsSql,
  type SampleRow,
  sampleSql,
  stillReferredSql,
} from "./sql.ts";

/** Sizes of chunks. Memory use is a few chunks, whatever the size of the tables. */
export interface ChunkSizes {
  /** Keys in a chunk. */
  readonly keys: number;
  /** A chunk with at most this many keys is looked up, instead of merged with all referenced keys. */
  readonly lookUp: number;
}

export const usualSizes: ChunkSizes = { keys: 50_000, lookUp: 5_000 };

const nothing: Buffer = Buffer.alloc(0);

interface Chunk {
  readonly bytes: Buffer;
  readonly keys: number;
  readonly rows: number;
}

async function readChunk(session: Session, sql: string): Promise<Chunk> {
  const [row] = await fullRead<ChunkRow>(session, sql);
  return { bytes: row?.chunk ?? nothing, keys: row?.keys ?? 0, rows: row?.rows ?? 0 };
}

/**
 * Checks a reference from one database to another. References are read before the referenced rows, so rows inserted
 * in the meantime are never reported as dangling. Keys without a row are checked again in the same order, as both
 * ends may have been deleted in the meantime.
 * @param from the referencing database
 * @param to the referenced database
 * @param sampleSize the maximum number of dangling rows to list
 * @param onProgress called with the number of references checked so far
 */
export async function checkAcross(
  reference: Reference,
  from: Session,
  to: Session,
  sampleSize: number,
  onProgress: (checked: number) => void,
  sizes: ChunkSizes = usualSizes,
): Promise<ReferenceResult> {
  const { width } = reference.keyType;
  const readChildren = (after: Buffer | undefined) =>
    readChunk(from, childrenSql(reference, after, sizes.keys));

  const absentKeys = async (keys: readonly Buffer[]) =>
    keysOf((await readChunk(to, absentSql(reference, keys))).bytes, width, false);
  const withoutParent = ({ bytes, keys }: Chunk, after: Buffer | undefined, last: Buffer) =>
    keys <= sizes.lookUp
      ? absentKeys(keysOf(bytes, width, true))
      : keysWithoutParent(bytes, width, after, async (beyond) => {
          const parents = await readChunk(to, parentsSql(reference, beyond, last, sizes.keys));
          return { bytes: parents.bytes, more: parents.keys === sizes.keys };
        });
  /** Keys that are still referenced and still have no row, and how many references they have. */
  const confirmed = async (suspects: readonly Buffer[]) => {
    const referred = await readChunk(from, stillReferredSql(reference, suspects));
    const keys = keysOf(referred.bytes, width, true);
    const orphans = keys.length === 0 ? [] : await absentKeys(keys);
    if (orphans.length === keys.length) return { orphans, rows: referred.rows };
    if (orphans.length === 0) return { orphans, rows: 0 };
    return { orphans, rows: (await readChunk(from, stillReferredSql(reference, orphans))).rows };
  };

  let checked = 0;
  let orphans = 0;
  const examples: Buffer[] = [];
  let after: Buffer | undefined;
  let pending: Promise<Chunk> | undefined = readChildren(undefined);
  while (pending !== undefined) {
    const chunk: Chunk = await pending;
    if (chunk.keys === 0) break;
    const last = lastKey(chunk.bytes, width, true);
    pending = chunk.keys === sizes.keys ? readChildren(last) : undefined;
    // A failure is handled where it is awaited, or ignored if this end fails first.
    pending?.catch(() => {});
    const suspects = await withoutParent(chunk, after, last);
    if (suspects.length > 0) {
      await pending;
      const found = await confirmed(suspects);
      orphans += found.rows;
      examples.push(...found.orphans.slice(0, sampleSize - examples.length));
    }
    checked += chunk.rows;
    after = last;
    onProgress(checked);
  }
  const sample =
    examples.length === 0 ? [] : await fullRead<SampleRow>(from, sampleSql(reference, examples, sampleSize));
  return { reference, checked, orphans, sample: sample.map((row) => orphanOf(reference, row)) };
}
