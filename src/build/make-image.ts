/**
 * Builds the image of an initialised data directory. Runs once per build: `node make-image.js
 * dist/image/clusters.br`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { imageDatabase } from "../database/embedded/database-name.ts";
import { packImage } from "../database/embedded/image.ts";
import { readCluster, runInCluster as run } from "./cluster.ts";

const output = process.argv[2];
if (output === undefined) throw new Error("usage: make-image <output file>");

const scratch = mkdtempSync(join(tmpdir(), "socrates-db-image-"));
try {
  const directory = join(scratch, "cluster");
  await run(directory, "postgres", ["VACUUM (FREEZE)"]);
  // A database cannot be renamed or dropped from within, so this works from the other one. The templates are dropped,
  // as they are two thirds of the files and nothing creates a second database here.
  await run(directory, "template1", [
    `ALTER DATABASE postgres RENAME TO "${imageDatabase}"`,
    "UPDATE pg_catalog.pg_database SET datistemplate = false",
    "DROP DATABASE template0",
  ]);
  await run(directory, imageDatabase, [
    "DROP DATABASE template1",
    // Leaves one row and one index entry, which `withDatabaseName` rewrites.
    "VACUUM (FULL, FREEZE) pg_catalog.pg_database",
    "CHECKPOINT",
    "SELECT pg_switch_wal()",
  ]);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, packImage(readCluster(directory)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
