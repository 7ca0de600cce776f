import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { Cluster, ImageFile } from "../database/embedded/image.ts";
import { initdbParameters, startParameters } from "../database/embedded/parameters.ts";

/**
 * pg_control's state after a clean shutdown (DB_SHUTDOWNED in pg_control.h); offset and value are part of its format.
 */
const controlState = { offset: 16, shutDown: 1 };

/** The result of `--wal-segsize=1`. */
const segmentSize = 1_048_576n;

/** Runs statements in a cluster, which is created if it is missing, and shuts it down. */
export async function runInCluster(
  directory: string,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const postgres = await PGlite.create({
    dataDir: `file://${directory}`,
    database,
    initDbStartParams: [...initdbParameters],
    startParams: [...startParameters],
  });
  for (const statement of statements) await postgres.exec(statement);
  await postgres.close();
  const state = readFileSync(join(directory, "global/pg_control")).readUInt32LE(controlState.offset);
  if (state !== controlState.shutDown)
    throw new Error(`${directory} was not shut down cleanly (state ${state})`);
}

/** The files of a cluster that was shut down. */
export function readCluster(directory: string): Cluster {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(directory.length + 1) }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const folders = entries.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
  const paths = entries.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
  if (folders.length + paths.length !== entries.length)
    throw new Error(`${directory} holds more than files and folders`);
  // After a clean shutdown recovery reads one record, the checkpoint; the other WAL segments are spare files.
  const wal = paths.filter((path) => /^pg_wal\/[0-9A-F]{24}$/.test(path));
  const checkpoint = lastCheckpoint(directory);
  if (!wal.includes(checkpoint.segment))
    throw new Error(`${checkpoint.segment} with the last checkpoint does not exist`);
  return {
    folders,
    files: paths
      .filter((path) => !wal.includes(path) || path === checkpoint.segment)
      .filter((path) => path !== "postmaster.pid" && path !== "postmaster.opts")
      .map((path) =>
        readImageFile(directory, path, path === checkpoint.segment ? checkpoint.end : undefined),
      ),
  };
}

/** The segment with the last checkpoint, and an offset in it after which nothing is read. */
function lastCheckpoint(directory: string): { readonly segment: string; readonly end: number } {
  const control = readFileSync(join(directory, "global/pg_control"));
  // ControlFileData.checkPoint, a 64-bit WAL address, after the state and the padded time of the last update.
  const address = control.readBigUInt64LE(32);
  const segment = address / segmentSize;
  // 4096 segments of 1 MB make up one 32-bit part of the name. The record is shorter than a page of 8 kB.
  const name = `pg_wal/00000001${hex(segment / 4096n)}${hex(segment % 4096n)}`;
  return { segment: name, end: Number(((address % segmentSize) / 8192n + 2n) * 8192n) };
}

function hex(value: bigint): string {
  return value.toString(16).toUpperCase().padStart(8, "0");
}

/** @param end later bytes count as zeros */
function readImageFile(directory: string, path: string, end?: number): ImageFile {
  const bytes = readFileSync(join(directory, path));
  let length = Math.min(bytes.length, end ?? bytes.length);
  while (length > 0 && bytes[length - 1] === 0) length--;
  return { path, content: bytes.subarray(0, length), size: bytes.length };
}
