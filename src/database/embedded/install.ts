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
import { contentOf, finishDirectory, innerLock, isPartial, partialMarker } from "./directory.ts";
import type { Cluster } from "./image.ts";
import { pageSize } from "./page-checksum.ts";

/**
 * Writes a cluster into a directory that is missing or empty. The caller holds the directory's lock.
 * If the process is killed, either nothing exists at `directory` or everything: the files are written next to it, and
 * the folder is renamed. An existing directory may be the root of a volume, so it is filled in place, under a marker.
 * The next start removes what a killed one left. Nothing is synced to disk, since the engine does not sync either
 * (see `parameters.ts`).
 * @param lock content of the lock file inside a new directory
 * @throws Error if the directory has other contents, and errors of the file system
 */
export function installCluster(directory: string, cluster: Cluster, lock: string): void {
  if (existsSync(directory)) {
    fillDirectory(directory, cluster);
    finishDirectory(directory);
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
    // Free the space again if the disk is full.
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

function fillDirectory(directory: string, cluster: Cluster): void {
  const content = contentOf(directory);
  if (content.length > 0 && !isPartial(directory))
    throw new Error("it is not empty and does not contain a database");
  for (const name of content) rmSync(join(directory, name), { recursive: true });
  markPartial(directory);
  chmodSync(directory, 0o700);
  writeCluster(directory, cluster);
}

function markPartial(directory: string): void {
  writeFileSync(join(directory, partialMarker), "");
}

function writeCluster(directory: string, cluster: Cluster): void {
  for (const folder of cluster.folders) mkdirSync(join(directory, folder), { mode: 0o700 });
  for (const { path, content, size, pages } of cluster.files) {
    const file = openSync(join(directory, path), "wx", 0o600);
    try {
      if (content.length > 0) writeWhole(file, content, 0);
      for (const [number, page] of pages ?? []) writeWhole(file, page, number * pageSize);
      ftruncateSync(file, size);
    } finally {
      closeSync(file);
    }
  }
}

/** One call may write less than it was given, as on a full disk; the next one then reports why. */
function writeWhole(file: number, content: Uint8Array, at: number): void {
  for (let written = 0; written < content.length; )
    written += writeSync(file, content, written, content.length - written, at + written);
}
