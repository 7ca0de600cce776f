/**
 * Builds the heads: the default databases as all their migrations leave them, as differences from the image, and what
 * they contain. `node make-heads.js dist/image`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "../api/open.ts";
import { packageRoot } from "../config/package-root.ts";
import { findAsset, headFile, headsFile, imageFile } from "../database/embedded/assets.ts";
import { nameFiles, withDatabaseName } from "../database/embedded/database-name.ts";
import { packHead } from "../database/embedded/head.ts";
import { unpackImage } from "../database/embedded/image.ts";
import { databases } from "../databases.ts";
import { readChain } from "../migrations/files.ts";
import { contentOf, type Heads } from "../runner/prepared-head.ts";
import { readCluster, runInCluster } from "./cluster.ts";

const [, , dist] = process.argv;
if (dist === undefined) throw new Error("usage: make-heads <folder of the build>");

/** A run records its migrations and its time itself. */
const withoutRecords = [
  "ALTER TABLE socrates_db.history DISABLE TRIGGER append_only",
  "TRUNCATE socrates_db.migrations, socrates_db.history, socrates_db.peers RESTART IDENTITY",
  "ALTER TABLE socrates_db.history ENABLE TRIGGER append_only",
  "CHECKPOINT",
  "SELECT pg_switch_wal()",
];

const chains = databases.map(({ key, migrations }) => readChain(key, join(packageRoot(), migrations)));
const newest = Math.max(...chains.flatMap((chain) => chain.migrations.map(({ number }) => number)));
const image = unpackImage(readFileSync(findAsset(imageFile)));
const scratch = mkdtempSync(join(tmpdir(), "socrates-db-heads-"));
try {
  await using project = await open({
    embedded: true,
    builtin: true,
    dataDir: scratch,
    cwd: scratch,
    env: {},
  });
  // With a limit no prepared head is used.
  await project.migrate({ to: newest });
  for (const { key, name } of databases) {
    const directory = join(scratch, key);
    await runInCluster(directory, name, withoutRecords);
    const packed = packHead(withDatabaseName(image, name), readCluster(directory), nameFiles(image));
    writeFileSync(join(dist, headFile(key)), packed);
  }
  const heads: Heads = Object.fromEntries(chains.map((chain) => [chain.database, contentOf(chain)]));
  writeFileSync(join(dist, headsFile), JSON.stringify(heads));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
