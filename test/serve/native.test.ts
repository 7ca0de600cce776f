import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serverFolder, serverUser } from "../support/lanes/cluster.ts";
import { program, type ServedByProgram, startServing } from "./helpers.ts";

/** PostgreSQL does not run as root, so root runs the program as another user, who must be able to read it. */
const user = serverUser() ?? {};
const canRun = spawnSync(process.execPath, [program, "--version"], user).status === 0;

let folder: string;
let server: ServedByProgram;

beforeAll(async () => {
  folder = serverFolder();
  const migrations = path.join(folder, "auth");
  mkdirSync(migrations);
  writeFileSync(
    path.join(migrations, "001_people.sql"),
    "-- socrates-db: phase 0\nCREATE TABLE people (id int);\n",
  );
  writeFileSync(path.join(migrations, "001_people.down.sql"), "DROP TABLE people;\n");
  const config = { databases: { auth: { migrations: "auth" } } };
  writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify(config));
  if (canRun) server = await startServing(folder, ["--native"], user);
});
afterAll(() => {
  server?.child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const runs = canRun ? it : it.skip;

runs("serves a migrated server from npm, which other commands reach", async () => {
  const sql = postgres(server.urls["auth"] ?? "", { max: 3 });
  const [a, b] = await Promise.all([sql.reserve(), sql.reserve()]);
  const pids = await Promise.all(
    [a, b].map((each) => each`SELECT pg_backend_pid() AS pid FROM people RIGHT JOIN (SELECT) AS one ON true`),
  );
  expect(new Set(pids.map(([row]) => row?.["pid"])).size).toBe(2);
  await a`CREATE TEMP TABLE basket (id int)`;
  a.release();
  b.release();
  await sql.end();
  const status = await promisify(execFile)(process.execPath, [program, "status", "--format", "json"], {
    ...user,
    cwd: folder,
  });
  expect(JSON.parse(status.stdout).databases.auth).toMatchObject({ head: 1, target: { engine: "server" } });
});

runs("stops the server with it, and serves the same rows again", async () => {
  const { child } = server;
  const sql = postgres(server.urls["auth"] ?? "", { max: 1 });
  await sql`INSERT INTO people VALUES (7)`;
  await sql.end();
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(existsSync(path.join(folder, ".socrates-db/native/postmaster.pid"))).toBe(false);
  server = await startServing(folder, ["--native"], user);
  const again = postgres(server.urls["auth"] ?? "", { max: 1 });
  expect(await again`SELECT id FROM people`).toEqual([{ id: 7 }]);
  await again.end();
});

it.skipIf(process.getuid?.() !== 0)("refuses to run as root", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, "serve", "--native", "--data-dir", "other"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining("PostgreSQL does not run as root")]);
});
