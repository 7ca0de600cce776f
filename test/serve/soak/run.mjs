/**
 * `npm run soak:serve -- --seconds 300 --seed 1`: twenty clients of five kinds transfer money on one served database,
 * one of them holds transactions open, and others are killed. Nothing may hang, interleave or be lost.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";

const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
const seconds = Number(values.seconds ?? 300);
const seed = Number(values.seed ?? 1);
const root = path.resolve(import.meta.dirname, "../../..");
/** How long a client may be without an outcome, in milliseconds. */
const patience = 60_000;
const kinds = [
  "holder",
  ...Array(8).fill("pg"),
  ...Array(2).fill("pool"),
  ...Array(4).fill("drizzle"),
  ...Array(5).fill("psql"),
];
/** What a client may be told: it has waited for too long. */
const allowed = new Set(["ok", "planned", "55P03"]);

const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-soak-"));
for (const key of ["auth", "specs"]) mkdirSync(path.join(folder, "migrations", key), { recursive: true });
const migrations = (key) => ({ migrations: path.join(folder, "migrations", key) });
writeFileSync(
  path.join(folder, "socrates-db.config.json"),
  JSON.stringify({ databases: { auth: migrations("auth"), specs: migrations("specs") } }),
);
writeFileSync(
  path.join(folder, "migrations/auth/001_account.sql"),
  `-- socrates-db: phase 0
CREATE TABLE account (id int PRIMARY KEY, owner text, cents bigint);
INSERT INTO account SELECT i, 'owner ' || i, 1000 FROM generate_series(1, 100) i;
`,
);
writeFileSync(path.join(folder, "migrations/auth/001_account.down.sql"), "DROP TABLE account;\n");

const program = path.join(root, "bin/socrates-db.js");
const server = spawn(process.execPath, [program, "serve", "--format", "json", "--lock-timeout", "2s"], {
  cwd: folder,
  stdio: ["ignore", "pipe", "inherit"],
});
const { databases } = JSON.parse(await new Promise((resolve) => server.stdout.once("data", resolve)));
const { url } = databases.auth;

const counts = {};
const faults = [];
let named = 0;
const clients = new Map();
let started = 0;

function start(kind) {
  const number = seed * 1000 + started++;
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, "client.mjs"), kind, String(number)],
    {
      env: { ...process.env, SERVE_URL: url },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const client = { kind, child, last: performance.now() };
  clients.set(number, client);
  let rest = "";
  child.stdout.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      client.last = performance.now();
      const { outcome, message, detail } = JSON.parse(line);
      const key = `${kind} ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (outcome === "55P03" && detail?.includes("holder-")) named++;
      if (!allowed.has(outcome)) faults.push(`${kind}: ${outcome} ${message}`);
    }
  });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  child.on("exit", (code, signal) => {
    clients.delete(number);
    if (signal !== "SIGKILL") faults.push(`${kind} ended with ${code ?? signal}: ${errors.slice(0, 500)}`);
  });
}

for (const kind of kinds) start(kind);
const begun = performance.now();
const end = begun + seconds * 1000;
let killed = 0;
while (performance.now() < end && faults.length < 5) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const { kind, last } of clients.values())
    if (performance.now() - last > patience) faults.push(`${kind}: no outcome within ${patience / 1000} s`);
  const due = Math.floor(((performance.now() - begun) / (seconds * 1000)) * 11);
  if (killed >= 10 || due <= killed) continue;
  const [victim] = Array.from(clients.values()).slice((killed * 7) % clients.size);
  victim.child.kill("SIGKILL");
  killed++;
  start(victim.kind);
}
for (const { child } of clients.values()) child.kill("SIGKILL");
const sql = postgres(url, { max: 1 });
const [whole] = await sql`SELECT count(*)::int, sum(cents)::int FROM account`;
await sql.end();
if (whole.count !== 100 || whole.sum !== 100_000)
  faults.push(`the sum is ${whole.sum} of ${whole.count} accounts`);
if (named === 0) faults.push("no client was told who holds its turn");
server.kill("SIGTERM");
const code = await new Promise((resolve) => server.once("exit", resolve));
if (code !== 0) faults.push(`serve ended with ${code}`);
rmSync(folder, { recursive: true, force: true });
const report = { seconds, seed, clients: kinds.length, killed, named, counts, faults };
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
