import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { embeddedExists } from "../../src/database/embedded/directory.ts";
import { openEmbedded } from "../../src/database/embedded/engine.ts";
import { bundleChild, client, requireBuild, run, scratch } from "./helpers.ts";

const database = "socrates_auth";
let folder: ReturnType<typeof scratch>;
let directory: string;
let committer: string;
let once: string;

beforeAll(async () => {
  requireBuild();
  committer = await bundleChild("commit");
  once = await bundleChild("once");
});
beforeEach(() => {
  folder = scratch();
  directory = join(folder.path, "deep/er/auth");
});
afterEach(() => folder.remove());

it("keeps the data of a closed database, in folders of the owner alone", async () => {
  expect(embeddedExists(directory)).toBe(false);
  expect(readdirSync(folder.path)).toEqual([]);
  const first = await openEmbedded({ directory, database });
  const sql = client(first);
  await sql`CREATE TABLE t AS SELECT 42 AS n`;
  await first.close();
  await first.close();
  await expect(sql`SELECT 1`).rejects.toThrow();
  await sql.end({ timeout: 1 });
  expect(embeddedExists(directory)).toBe(true);
  expect(readdirSync(join(directory, ".."))).toEqual([".gitignore", "auth"]);
  for (const path of [directory, join(directory, ".."), join(directory, "base")]) {
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
  const second = await openEmbedded({ directory, database });
  const again = client(second);
  expect(await again`SELECT n FROM t`).toEqual([{ n: 42 }]);
  await again.end({ timeout: 5 });
  await second.close();
});

it("refuses a directory that is open, in this process too, and runs two directories side by side (fault 33)", async () => {
  const [first, other] = await Promise.all([
    openEmbedded({ directory, database }),
    openEmbedded({ directory: `${directory}2`, database: "socrates_specs" }),
  ]);
  const refused = openEmbedded({ directory, database });
  await expect(refused).rejects.toMatchObject({ code: "embedded-locked" });
  await expect(refused).rejects.toThrow(`${directory} is in use by process ${process.pid}`);
  const sql = client(other);
  expect(await sql`SELECT current_database() AS name`).toEqual([{ name: "socrates_specs" }]);
  await sql.end({ timeout: 5 });
  await Promise.all([first.close(), other.close()]);
});

it("does not change a directory with other contents", async () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "thesis.txt"), "precious");
  const refused = openEmbedded({ directory, database });
  await expect(refused).rejects.toMatchObject({ code: "embedded-failed" });
  await expect(refused).rejects.toThrow("it is not empty and does not contain a database");
  expect(readdirSync(directory)).toEqual(["thesis.txt"]);
  expect(existsSync(`${directory}.lock`)).toBe(false);
});

it("reports why a damaged database does not start", async () => {
  const engine = await openEmbedded({ directory, database });
  await engine.close();
  writeFileSync(join(directory, "global/pg_control"), "");
  await expect(openEmbedded({ directory, database })).rejects.toThrow(
    /embedded database .* failed: .*control/,
  );
  expect(existsSync(`${directory}.lock`)).toBe(false);
});

it("fails the running query when PostgreSQL crashes", async () => {
  const engine = await openEmbedded({ directory, database });
  const sql = client(engine);
  await sql`SELECT 1`;
  // Without its WAL folder, PostgreSQL can only panic.
  rmSync(join(directory, "pg_wal"), { recursive: true });
  await sql`SELECT pg_switch_wal()`.catch(() => undefined);
  await expect(sql`CHECKPOINT`).rejects.toMatchObject({ code: "embedded-failed" });
  await expect(sql`SELECT 1`).rejects.toThrow(/embedded database .* failed: /);
  await sql.end({ timeout: 1 });
  await engine.close();
});

it("kills a statement that does not end when it is closed", async () => {
  const engine = await openEmbedded({ directory, database });
  const sql = client(engine);
  await sql`CREATE TABLE t AS SELECT 1 AS n`;
  const endless =
    sql`WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r`.execute();
  endless.catch(() => undefined);
  await sleep(50);
  await engine.close();
  await expect(endless).rejects.toThrow("was closed");
  await sql.end({ timeout: 1 });
  const second = await openEmbedded({ directory, database });
  const again = client(second);
  expect(await again`SELECT n FROM t`).toEqual([{ n: 1 }]);
  await again.end({ timeout: 5 });
  await second.close();
});

it("ends by itself and prints nothing", async () => {
  const child = run(once, directory);
  expect(await child.ended).toBe(0);
  expect(child.output()).toBe("socrates_auth\n");
  expect(child.errors()).toBe("");
});

it("keeps every acknowledged commit when the process is killed, again and again (fault 34)", async () => {
  let acknowledged = 0;
  for (const round of [1, 2, 3]) {
    const child = run(committer, directory);
    await child.says(`\n${acknowledged + 20 * round}\n`);
    child.process.kill("SIGKILL");
    await child.ended;
    acknowledged = Number(child.output().trim().split("\n").at(-1));
  }
  const engine = await openEmbedded({ directory, database });
  const sql = client(engine);
  const [row] = await sql<{ count: number; max: number }[]>`SELECT count(*)::int, max(n) FROM committed`;
  await sql.end({ timeout: 5 });
  await engine.close();
  expect(row?.count).toBe(row?.max);
  expect(row?.max).toBeGreaterThanOrEqual(acknowledged);
});

it("recovers from a kill at any moment of its first start (fault 34)", async () => {
  for (const delay of [120, 200, 240, 280, 320, 400]) {
    const child = run(once, directory);
    await sleep(delay);
    child.process.kill("SIGKILL");
    await child.ended;
  }
  const child = run(once, directory);
  expect(await child.ended).toBe(0);
  expect(readdirSync(join(directory, ".."))).toEqual([".gitignore", "auth"]);
});
