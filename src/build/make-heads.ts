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
import { packHead, placeholders, replaceTimes, withHead } from "../database/embedded/head.ts";
import { type Cluster, unpackImage } from "../database/embedded/image.ts";
import { databases } from "../databases.ts";
import { readChain } from "../migrations/files.ts";
import { contentOf, type Head } from "../runner/prepared-head.ts";
import { version } from "../version.ts";
import { readCluster, runInCluster } from "./cluster.ts";

const [, , dist] = process.argv;
if (dist === undefined) throw new Error("usage: make-heads <folder of the build>");

/** Placeholders for the times of the ledger, and nothing of the rows before. @param i the place of the database */
function withPlaceholders(i: number): readonly string[] {
  const time = (value: bigint) => `timestamptz '2000-01-01 00:00Z' + ${value} * interval '1 microsecond'`;
  const recorded = time(placeholders.recorded);
  const names = databases.map(({ key }, other) => `('${key}', '${placeholders.createdText(other)}')`);
  return [
    "ALTER TABLE socrates_db.history DISABLE TRIGGER append_only",
    `UPDATE socrates_db.chain SET created_at = ${time(placeholders.created(i))}`,
    `UPDATE socrates_db.migrations SET applied_at = ${recorded}, duration_ms = 0`,
    `UPDATE socrates_db.history SET at = ${recorded}, duration_ms = 0`,
    `UPDATE socrates_db.peers p SET seen_at = ${recorded}, created_at = n.text FROM (VALUES ${names.join()}) n(name, text) WHERE n.name = p.name`,
    "ALTER TABLE socrates_db.history ENABLE TRIGGER append_only",
    "VACUUM (FULL, FREEZE) socrates_db.chain",
    "VACUUM (FULL, FREEZE) socrates_db.migrations",
    "VACUUM (FULL, FREEZE) socrates_db.history",
    "VACUUM (FULL, FREEZE) socrates_db.peers",
    "CHECKPOINT",
    "SELECT pg_switch_wal()",
  ];
}

/** How many placeholders a packed head has: one time for each row, and two for the marks of the others. */
function placesIn(packed: Uint8Array, base: Cluster, rows: number): number {
  const zero = { created: databases.map(() => 0), recorded: 0 };
  const places = replaceTimes(withHead(base, packed), zero);
  if (places !== rows) throw new Error(`a head has ${places} placeholders instead of ${rows}`);
  return places;
}

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
  const heads: Head[] = [];
  for (const [i, { key, name }] of databases.entries()) {
    const directory = join(scratch, key);
    await runInCluster(directory, name, withPlaceholders(i));
    const base = withDatabaseName(image, name);
    const packed = packHead(base, readCluster(directory), nameFiles(image));
    writeFileSync(join(dist, headFile(key)), packed);
    const chain = chains[i];
    if (chain === undefined) throw new Error(`${key} has no chain`);
    // The ledger's creation, each migration and its line in the history, and both times of each mark.
    const rows = 1 + 2 * chain.migrations.length + 2 * (databases.length - 1);
    heads.push({ ...contentOf(chain, version), places: placesIn(packed, base, rows) });
  }
  writeFileSync(join(dist, headsFile), JSON.stringify(heads));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
