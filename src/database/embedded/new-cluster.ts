import { readFile } from "node:fs/promises";
import { findAsset, imageFile } from "./assets.ts";
import { engineFailure } from "./backend.ts";
import { withDatabaseName } from "./database-name.ts";
import { checkDirectory, embeddedExists, isPartial } from "./directory.ts";
import type { NewLock } from "./directory-lock.ts";
import { type HeadTimes, withHead, withTimes } from "./head.ts";
import { type Cluster, unpackImageLater } from "./image.ts";
import { installCluster } from "./install.ts";
import { prepareDirectory } from "./prepare-directory.ts";

let image: Promise<Cluster> | undefined;

/** The empty cluster of a database. The image is unpacked once for all databases. */
async function emptyCluster(database: string): Promise<Cluster> {
  image ??= readFile(findAsset(imageFile)).then(unpackImageLater);
  return withDatabaseName(await image, database);
}

async function writing(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw engineFailure(directory, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Creates the database of a missing directory from the image.
 * @param lock content of the lock file inside the directory
 */
export async function install(directory: string, database: string, lock: string): Promise<void> {
  if (embeddedExists(directory) && !isPartial(directory)) return;
  await writing(directory, async () => installCluster(directory, await emptyCluster(database), lock));
}

/** A database to create as a prepared head. */
export interface NewHead {
  readonly directory: string;
  readonly database: string;
  /** Path of the packed head. */
  readonly head: string;
  readonly times: HeadTimes;
}

/**
 * Creates databases of missing directories as prepared heads, without starting PostgreSQL; each whole or not at all.
 * @returns false, and creates nothing, if one of them exists meanwhile
 * @throws SocratesError `embedded-locked`, `embedded-failed`
 */
export async function installHeads(heads: readonly NewHead[]): Promise<boolean> {
  for (const { directory } of heads) checkDirectory(directory);
  const locks: NewLock[] = [];
  try {
    for (const { directory } of heads) locks.push(await prepareDirectory(directory));
    if (heads.some(({ directory }) => embeddedExists(directory))) return false;
    for (const [i, { directory, database, head, times }] of heads.entries())
      await writing(directory, async () => {
        const cluster = withHead(await emptyCluster(database), await readFile(head));
        installCluster(directory, withTimes(cluster, times), locks[i]?.text ?? "");
      });
    return true;
  } finally {
    for (const lock of locks) lock.release();
  }
}
