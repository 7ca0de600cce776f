import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { contentOf, innerLock, isPartial, partialMarker } from "./directory.ts";
import type { Cluster } from "./image.ts";

/**
 * Writes a cluster into a directory that is missing or empty. The caller holds the lock of the directory.
 *
 * A kill at any moment leaves either nothing at `directory` or all of it: the files are written beside it, and then
 * the folder is renamed. A directory that exists may be the root of a volume, so it is filled where it is, under a
 * marker. What a killed start left is removed by the next one. Nothing is synced to the disk, since the engine never
 * does that either (see `parameters.ts`).
 *
 * @param lock what the lock inside a new directory says
 * @throws Error when the directory holds something else, and errors of the file system
 */
export function installCluster(directory: string, cluster: Cluster, lock: string): void {
  if (existsSync(directory)) {
    fillDirectory(directory, cluster);
    return;
  }
  const temporary = `${directory}.new`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    mkdirSync(temporary, { mode: 0o700 });
    writeFileSync(innerLock(temporary), lock, { mode: 0o600 });
    writeCluster(temporary, cluster);
    renameSync(temporary, directory);
  } catch (error) {
    // A disk that is full needs its room back.
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

function fillDirectory(directory: string, cluster: Cluster): void {
  const content = contentOf(directory);
  if (content.length > 0 && !isPartial(directory)) throw new Error("it is not empty and holds no database");
  for (const name of content) rmSync(join(directory, name), { recursive: true });
  const mark = join(directory, partialMarker);
  writeFileSync(mark, "");
  chmodSync(directory, 0o700);
  writeCluster(directory, cluster);
  rmSync(mark);
}

function writeCluster(directory: string, cluster: Cluster): void {
  for (const folder of cluster.folders) mkdirSync(join(directory, folder), { mode: 0o700 });
  for (const { path, content, size } of cluster.files) {
    const file = openSync(join(directory, path), "wx", 0o600);
    try {
      if (content.length > 0) writeWhole(file, content);
      if (size > content.length) ftruncateSync(file, size);
    } finally {
      closeSync(file);
    }
  }
}

/** One call may write less than it was given, as on a disk that gets full: the next one then says why. */
function writeWhole(file: number, content: Uint8Array): void {
  for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
}
