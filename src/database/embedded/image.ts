import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** A file of a data directory, in the image and when it is installed. */
export interface ImageFile {
  /** Path below the data directory, with forward slashes. */
  readonly path: string;
  /** Content without trailing zeros. */
  readonly content: Uint8Array;
  /** Full size: the rest is zeros. */
  readonly size: number;
}

/** An initialised data directory. */
export interface Cluster {
  /** Every folder below the data directory, parents first. */
  readonly folders: readonly string[];
  readonly files: readonly ImageFile[];
}

/** The index at the start of the image: each content is stored once, however many clusters contain it. */
interface Index {
  readonly clusters: Readonly<
    Record<
      string,
      {
        readonly folders: readonly string[];
        /** path, number of the content, full size */
        readonly files: readonly (readonly [string, number, number])[];
      }
    >
  >;
  /** Length of each content, in the order of the contents after the index. */
  readonly lengths: readonly number[];
}

/**
 * Packs clusters into one compressed file: the length of the index (32 bits), the index as JSON, the contents. The
 * clusters of several databases are nearly equal, so each one after the first adds little.
 */
export function packImage(clusters: ReadonlyMap<string, Cluster>): Uint8Array {
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
  const packed = Array.from(clusters, ([name, { folders, files }]) => {
    const entries = files.map(({ path, content, size }) => [path, store(content), size] as const);
    return [name, { folders, files: entries }] as const;
  });
  const index: Index = {
    clusters: Object.fromEntries(packed),
    lengths: contents.map((bytes) => bytes.length),
  };
  const head = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return brotliCompressSync(Buffer.concat([length, head, ...contents]), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
}

/** More bytes than an image unpacks to, so that the output is one buffer. */
const roomForAll = 16 * 1024 * 1024;

/** Reads one cluster from an image; undefined if the image has none of this name. */
export function unpackImage(image: Uint8Array, name: string): Cluster | undefined {
  const bytes = brotliDecompressSync(image, { chunkSize: roomForAll });
  const head = 4 + bytes.readUInt32LE(0);
  const index: Index = JSON.parse(bytes.toString("utf8", 4, head));
  const cluster = index.clusters[name];
  if (cluster === undefined) return undefined;
  const contents: Uint8Array[] = [];
  let offset = head;
  for (const length of index.lengths) {
    contents.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  const files = cluster.files.map(([path, number, size]): ImageFile => {
    const content = contents[number];
    if (content === undefined) throw new Error(`the image holds no content for ${path}`);
    return { path, content, size };
  });
  return { folders: cluster.folders, files };
}
