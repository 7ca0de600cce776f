import { promisify } from "node:util";
import {
  type BrotliOptions,
  brotliCompressSync,
  brotliDecompress,
  brotliDecompressSync,
  constants,
} from "node:zlib";

/** A file of a data directory, in the image and when it is installed. */
export interface ImageFile {
  /** Path below the data directory, with forward slashes. */
  readonly path: string;
  /** Content without trailing zeros. */
  readonly content: Uint8Array;
  /** Full size: the rest is zeros. */
  readonly size: number;
  /** Pages that replace those of the content, by their number. */
  readonly pages?: ReadonlyMap<number, Uint8Array>;
}

/** An initialised data directory. */
export interface Cluster {
  /** Every folder below the data directory, parents first. */
  readonly folders: readonly string[];
  readonly files: readonly ImageFile[];
}

/** The index at the start of the image: each content is stored once. */
interface Index {
  readonly folders: readonly string[];
  /** path, number of the content, full size */
  readonly files: readonly (readonly [string, number, number])[];
  /** Length of each content, in the order of the contents after the index. */
  readonly lengths: readonly number[];
}

/** The window of the compression, as a power of two: a larger one saves 2 %, and reading it takes as much memory. */
export const window = 20;

/** Packs a cluster into one compressed file: the length of the index (32 bits), the index as JSON, the contents. */
export function packImage({ folders, files }: Cluster): Uint8Array {
  const numbers = new Map<string, number>();
  const contents: Buffer[] = [];
  const store = (content: Uint8Array): number => {
    const bytes = Buffer.from(content);
    const key = bytes.toString("latin1");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, contents.length);
    return contents.push(bytes) - 1;
  };
  const index: Index = {
    folders,
    files: files.map(({ path, content, size }) => [path, store(content), size] as const),
    lengths: contents.map((bytes) => bytes.length),
  };
  const head = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return brotliCompressSync(Buffer.concat([length, head, ...contents]), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: window },
  });
}

/** More bytes than an image unpacks to, so that the output is one buffer. */
const roomForAll = 16 * 1024 * 1024;

/** Reads the cluster of an image. */
export function unpackImage(image: Uint8Array): Cluster {
  return clusterOf(brotliDecompressSync(image, { chunkSize: roomForAll }));
}

/** Reads the cluster of an image without blocking the event loop. */
export async function unpackImageLater(image: Uint8Array): Promise<Cluster> {
  return clusterOf(
    await promisify<Uint8Array, BrotliOptions, Buffer>(brotliDecompress)(image, { chunkSize: roomForAll }),
  );
}

function clusterOf(bytes: Buffer): Cluster {
  const head = 4 + bytes.readUInt32LE(0);
  const index: Index = JSON.parse(bytes.toString("utf8", 4, head));
  const contents: Uint8Array[] = [];
  let offset = head;
  for (const length of index.lengths) {
    contents.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  const files = index.files.map(([path, number, size]): ImageFile => {
    const content = contents[number];
    if (content === undefined) throw new Error(`the image holds no content for ${path}`);
    return { path, content, size };
  });
  return { folders: index.folders, files };
}
