/** Clients of all kinds, each a separate program; the first lines of each file in `fixtures/` describe it. */
import { execFile, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeChains } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { type ServedByProgram, startServing } from "./helpers.ts";

const folder = path.join(import.meta.dirname, "fixtures");
const scripts = readdirSync(folder).filter((name) => /^\d/.test(name));
const hasPgbench = spawnSync("pgbench", ["--version"]).status === 0;

/** What only a server with a session for each client can do; all else has to work. */
const refused: ReadonlySet<string> = new Set(["019-listen-notify.mjs", "021-temporary-tables.mjs"]);

let place: Place;
let server: ServedByProgram;
let url: string;

beforeAll(async () => {
  place = await makePlace("embedded");
  const up = `CREATE TABLE account (id int PRIMARY KEY, owner text, cents bigint);
    INSERT INTO account SELECT i, 'owner ' || i, 1000 FROM generate_series(1, 100) i;`;
  writeChains(place, { auth: [{ number: 1, phase: 0, up, down: "DROP TABLE account;" }], specs: [] });
  server = await startServing(place.folder);
  url = server.urls["auth"] ?? "";
}, 60_000);
afterAll(async () => {
  server.child.kill("SIGKILL");
  await place.dispose();
});

for (const script of scripts) {
  const isShell = script.endsWith(".sh");
  it.skipIf(isShell && !hasPgbench)(`serves ${script}${isShell ? ", which needs pgbench" : ""}`, async () => {
    const file = path.join(folder, script);
    const { stdout } = await promisify(execFile)(isShell ? "bash" : process.execPath, [file], {
      env: { ...process.env, SERVE_URL: url },
    });
    expect(stdout).toMatch(refused.has(script) ? /^refused 0A000: / : /^ok$/m);
  });
}

it("is whole after all of them", async () => {
  const sql = postgres(url, { max: 1 });
  expect(await sql`SELECT count(*)::int, sum(cents)::int FROM account`).toEqual([
    { count: 100, sum: 100_000 },
  ]);
  await sql.end();
});
