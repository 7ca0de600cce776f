import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { connectTo } from "../support/session.ts";

let place: Place;
let other: Session;
beforeEach(async () => {
  place = await makePlace("server");
  writeProject(place.folder, {
    "auth/001_people.sql": "-- socrates-db: phase 0\nCREATE TABLE people (id int PRIMARY KEY, name text);\n",
    "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
  });
  await place.run(["migrate", "--quiet"]);
  other = await connectTo(place, "auth");
});
afterEach(async () => {
  await other.close();
  await place.dispose();
});

function pending(name: string, sql: string): void {
  writeFileSync(path.join(place.folder, "migrations/auth", name), `-- socrates-db: phase 1\n${sql}\n`);
}

async function findings(...args: string[]) {
  const { stdout } = await place.run(["rehearse", "--quiet", "--format", "json", "--live", ...args]);
  const report: { findings: { code: string; object?: string; message: string }[] } = JSON.parse(stdout);
  const moment = ["lock-conflict", "old-transaction", "replication-lag", "wraparound-vacuum"];
  return report.findings.filter(({ code }) => moment.includes(code));
}

it("names sessions whose locks exclude those of the first statements, and no others", async () => {
  pending("003_index.sql", "CREATE INDEX people_name ON people (name);");
  await other.run("BEGIN; SELECT * FROM people");
  // A reader does not keep an index from being built.
  expect(await findings()).toEqual([]);
  const { stdout } = await place.run(["rehearse", "--quiet", "--live"]);
  expect(stdout).toContain("auth now: nothing to wait for");
  expect(stdout).not.toContain("specs now");
  await other.run("LOCK TABLE people IN ROW EXCLUSIVE MODE");
  const [found, ...more] = await findings();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ code: "lock-conflict", object: "public.people" });
  expect(found?.message).toMatch(
    /^lock-conflict: pid \d+ \(.+, user .+, idle in transaction\), in its transaction for \d+ s, holds RowExclusiveLock on public\.people$/,
  );
});

it("names transactions for which CONCURRENTLY waits, on whatever table", async () => {
  pending(
    "003_index.sql",
    "-- socrates-db: no-transaction\nCREATE INDEX CONCURRENTLY people_name ON people (name);",
  );
  expect(await findings()).toEqual([]);
  await other.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  expect(await findings()).toMatchObject([{ code: "old-transaction" }]);
});

it("names prepared transactions, which have no session", async () => {
  pending("003_column.sql", "ALTER TABLE people ADD COLUMN note text;");
  await other.run("BEGIN; INSERT INTO people VALUES (1, 'x')");
  await other.run("PREPARE TRANSACTION 'left behind'");
  const found = await findings();
  await other.run("ROLLBACK PREPARED 'left behind'");
  expect(found.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      /the prepared transaction left behind \(user .+\), .+ holds RowExclusiveLock on public\.people$/,
    ),
  );
});

it("migrates as soon as the moment is quiet", async () => {
  pending("003_column.sql", "ALTER TABLE people ADD COLUMN note text;");
  await other.run("BEGIN; SELECT * FROM people");
  const run = place.run(["migrate", "--wait-for-quiet", "60s", "--retries", "0"], { spawn: true });
  await sleep(4_000);
  expect(
    await other.run("SELECT FROM pg_attribute WHERE attname = 'note' AND attrelid = 'people'::regclass"),
  ).toEqual([]);
  await other.run("COMMIT");
  expect(await run).toMatchObject({ exitCode: 0 });
  expect(await place.query("auth", "SELECT note FROM people")).toEqual([]);
});

it("changes nothing where the moment is not quiet in time, and says who is in the way", async () => {
  pending("003_column.sql", "ALTER TABLE people ADD COLUMN note text;");
  await other.run("BEGIN; SELECT * FROM people");
  const { exitCode, stdout } = await place.run([
    "migrate",
    "--wait-for-quiet",
    "1s",
    "--format",
    "json",
    "--quiet",
  ]);
  expect(exitCode).toBe(3);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "not-quiet",
    message: expect.stringMatching(/^auth: pid \d+ .+ holds AccessShareLock on public\.people$/),
  });
  await other.run("COMMIT");
  await expect(place.query("auth", "SELECT note FROM people")).rejects.toThrow("note");
});

it("warns before a migration of transactions that have long used what it names", async () => {
  pending("003_column.sql", "ALTER TABLE people ADD COLUMN note text;");
  await other.run("BEGIN; SELECT * FROM people");
  await sleep(1_500);
  const args = ["migrate", "--lock-timeout", "1s", "--retries", "0"];
  const { exitCode, stderr } = await place.run(args);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(
    /warning: .*003_column: pid \d+ \(.+\), in its transaction for \d+ s, holds AccessShareLock on public\.people: it may have to wait/,
  );
  await other.run("COMMIT");
  const { stderr: after } = await place.run(args);
  expect(after).not.toContain("may have to wait");
});

it("says why sizes are unknown where a table stays locked", async () => {
  pending("003_column.sql", "ALTER TABLE people ADD COLUMN note text;");
  await other.run("BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE");
  const { stdout, exitCode } = await place.run(["rehearse", "--quiet"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("sizes unknown: canceling statement due to lock timeout");
  expect(stdout).toContain("locks public.people ACCESS EXCLUSIVE");
}, 120_000);
