import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { type Cluster, type ImageFile, window } from "./image.ts";
import { pageSize } from "./page-checksum.ts";

/** How the cluster of a migrated database differs from the image. */
interface Index {
  readonly folders: readonly string[];
  /** path, full size, the numbers of the pages that the image does not have */
  readonly files: readonly (readonly [string, number, readonly number[]])[];
}

function pageOf({ content }: ImageFile, number: number): Buffer {
  const page = Buffer.alloc(pageSize);
  page.set(content.subarray(number * pageSize, (number + 1) * pageSize));
  return page;
}

/**
 * Packs what a cluster has beyond another one, page by page: the length of the index (32 bits), the index as JSON, the
 * pages.
 * @param without paths of files that are those of the base
 */
export function packHead(base: Cluster, head: Cluster, without: ReadonlySet<string>): Uint8Array {
  const known = new Map(base.files.map((file) => [file.path, file]));
  const pages: Buffer[] = [];
  const files = head.files.map((file) => {
    const before = known.get(file.path);
    const changed: number[] = [];
    const bytes = Math.min(file.size, Math.max(file.content.length, before?.content.length ?? 0));
    const count = without.has(file.path) ? 0 : Math.ceil(bytes / pageSize);
    for (let number = 0; number < count; number++) {
      const page = pageOf(file, number);
      if (before !== undefined && page.equals(pageOf(before, number))) continue;
      changed.push(number);
      pages.push(page);
    }
    return [file.path, file.size, changed] as const;
  });
  const index: Index = { folders: head.folders, files };
  const text = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return brotliCompressSync(Buffer.concat([length, text, ...pages]), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: window },
  });
}

/** The cluster that {@link packHead} has packed, from the same base. */
export function withHead(base: Cluster, packed: Uint8Array): Cluster {
  const bytes = brotliDecompressSync(packed);
  const start = 4 + bytes.readUInt32LE(0);
  const { folders, files }: Index = JSON.parse(bytes.toString("utf8", 4, start));
  const known = new Map(base.files.map((file) => [file.path, file]));
  let at = start;
  return {
    folders,
    files: files.map(([path, size, changed]): ImageFile => {
      const { content = new Uint8Array(0) } = known.get(path) ?? {};
      const pages = new Map<number, Uint8Array>();
      for (const number of changed) {
        pages.set(number, bytes.subarray(at, at + pageSize));
        at += pageSize;
      }
      return { path, content: content.subarray(0, size), size, pages };
    }),
  };
}
