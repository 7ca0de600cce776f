import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { type Cluster, type ImageFile, window } from "./image.ts";
import { pageSize, writeChecksum } from "./page-checksum.ts";

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

/** When a head is created: its placeholders of these times are replaced. */
export interface HeadTimes {
  /** When the ledger of each database is created, by its place among the heads, in microseconds since 1970. */
  readonly created: readonly number[];
  /** When the migrations are recorded, in the same unit. */
  readonly recorded: number;
  /** How many placeholders there are. */
  readonly places: number;
}

/** Microseconds between 1970 and 2000, from when PostgreSQL counts. */
const epoch = 946_684_800_000_000n;

/** Placeholders: times in 1746, in microseconds since 2000, and a text as long as the printed time. */
export const placeholders = {
  created: (i: number) => -8_000_000_000_000_000n - BigInt(i),
  createdText: (i: number) => `head-${i}`.padEnd(26, "-"),
  recorded: -8_000_000_000_001_000n,
} as const;

function timeBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** As the marks of other databases have it. */
function timeText(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds % 1000).padStart(3, "0");
  return new Date(milliseconds).toISOString().replace("T", " ").replace("Z", rest);
}

type Replacement = readonly [placeholder: Buffer, value: Buffer];

function replacementsOf({
  created,
  recorded,
}: Pick<HeadTimes, "created" | "recorded">): readonly Replacement[] {
  const inServer = (microseconds: number) => timeBytes(BigInt(microseconds) - epoch);
  return [
    [timeBytes(placeholders.recorded), inServer(recorded)],
    ...created.flatMap((at, i): Replacement[] => [
      [timeBytes(placeholders.created(i)), inServer(at)],
      [Buffer.from(placeholders.createdText(i)), Buffer.from(timeText(at))],
    ]),
  ];
}

function replaceIn(page: Buffer, [placeholder, value]: Replacement): number {
  let count = 0;
  for (let at = page.indexOf(placeholder); at >= 0; at = page.indexOf(placeholder, at + 1)) {
    page.set(value, at);
    count++;
  }
  return count;
}

/** Replaces the placeholders in all pages of tables that a head adds to the image. @returns how many there are */
export function replaceTimes({ files }: Cluster, times: Pick<HeadTimes, "created" | "recorded">): number {
  const replacements = replacementsOf(times);
  let total = 0;
  for (const { path, pages = new Map<number, Uint8Array>() } of files) {
    if (!path.startsWith("base/")) continue;
    for (const [number, bytes] of pages) {
      const page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const count = replacements.reduce((sum, replacement) => sum + replaceIn(page, replacement), 0);
      if (count > 0) writeChecksum(page, number);
      total += count;
    }
  }
  return total;
}

/** A cluster from {@link withHead} with its times. @throws Error if it does not have as many placeholders as when it was made */
export function withTimes(cluster: Cluster, times: HeadTimes): Cluster {
  const found = replaceTimes(cluster, times);
  if (found !== times.places)
    throw new Error(`the prepared head has ${found} times instead of ${times.places}`);
  return cluster;
}
