import type { Cluster, ImageFile } from "./image.ts";
import { pageSize, writeChecksum } from "./page-checksum.ts";

/** In bytes: NAMEDATALEN minus one (manual, section 4.1.1). */
const longestName = 63;

/** The database in the prepared image: the longest name, so that every other one fits into its place. */
export const imageDatabase = "n".repeat(longestName);

function renamed(file: ImageFile, at: number, name: Buffer): ImageFile {
  const content = Buffer.alloc(file.size);
  content.set(file.content);
  content.fill(0, at, at + longestName);
  content.set(name, at);
  const number = Math.floor(at / pageSize);
  writeChecksum(content.subarray(number * pageSize, (number + 1) * pageSize), number);
  return { ...file, content };
}

function placeOfName({ path, content }: ImageFile): number {
  return path.startsWith("global/") ? Buffer.from(content).indexOf(imageDatabase) : -1;
}

/** The paths of the files that contain the name of the image's database. */
export function nameFiles({ files }: Cluster): ReadonlySet<string> {
  return new Set(files.filter((file) => placeOfName(file) >= 0).map(({ path }) => path));
}

/**
 * The cluster of the image with the name of its database in place of the image's. The name is in the row of
 * pg_database and in the entry of its index; both end at the first zero byte. ALTER DATABASE cannot rename the database to which
 * it is connected, and the image has no other.
 * @param name at most 63 bytes
 */
export function withDatabaseName(cluster: Cluster, name: string): Cluster {
  const bytes = Buffer.from(name);
  if (bytes.length > longestName) throw new Error(`the name ${name} has more than ${longestName} bytes`);
  let found = 0;
  const files = cluster.files.map((file) => {
    const at = placeOfName(file);
    if (at < 0) return file;
    found++;
    return renamed(file, at, bytes);
  });
  if (found !== 2) throw new Error(`the prepared image has its database in ${found} places instead of 2`);
  return { ...cluster, files };
}
