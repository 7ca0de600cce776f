import { afterEach, describe, expect, it } from "vitest";
import { engines, makePlace, type Place } from "../support/place.ts";
import {
  errorOf,
  history,
  ledgers,
  openRival,
  type Rival,
  start,
  table,
  tables,
  writeChains,
  writeMigration,
} from "./helpers.ts";
import { breakAtCommit, openThrough } from "./proxy.ts";

let place: Place;
let rival: Rival | undefined;
afterEach(async () => {
  await rival?.close();
  rival = undefined;
  await place.dispose();
});

const auth = [table(1, 0), table(3, 1), table(5, 2)];
const specs = [table(2, 0), table(4, 1), table(6, 2)];
const whole = { auth: [1, 3, 5], specs: [2, 4, 6] };

describe.each(engines)("an atomic run on the %s engine", (engine) => {
  it("keeps nothing on either database when the last migration fails, and everything when none does", async () => {
    place = await makePlace(engine);
    writeChains(place, { auth, specs: [...specs.slice(0, 2), { ...table(6, 2), up: "SELECT 1 / 0;" }] });
    const failed = await place.run(["migrate", "--atomic", "--format", "json"]);
    expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "migration-failed"]);
    expect(failed.stderr).not.toContain("applied");
    expect(await ledgers(place)).toEqual({ auth: [], specs: [] });
    expect(await tables(place, "auth")).toEqual([]);
    expect(await tables(place, "specs")).toEqual([]);
    writeMigration(place, "specs", table(6, 2));
    expect(await place.run(["migrate", "--atomic"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual(whole);
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3", "apply 5"]);
  });
});

it("refuses a migration that cannot be part of a transaction, with nothing changed", async () => {
  place = await makePlace("server");
  const index = { number: 7, phase: 2, up: "CREATE INDEX CONCURRENTLY ON t1 (id);", noTransaction: true };
  writeChains(place, { auth: [...auth, index], specs });
  const result = await place.run(["migrate", "--atomic", "--format", "json"]);
  expect([result.exitCode, errorOf(result).code]).toEqual([3, "file-invalid"]);
  expect(await tables(place, "auth")).toEqual([]);
});

it("starts over after a lock timeout, and holds no lock while it waits", async () => {
  place = await makePlace("server");
  const alter = { number: 5, phase: 2, up: "ALTER TABLE t1 ADD COLUMN x int;" };
  writeChains(place, { auth: [table(1, 0), table(3, 1), alter], specs });
  expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
  rival = openRival(place, "auth");
  await rival.run("BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  const { result, says } = start(place, [
    ...["migrate", "--atomic", "--lock-timeout", "100ms", "--retries", "50"],
  ]);
  await says("; retrying (2 of 50)");
  await rival.run("COMMIT");
  const { exitCode, stderr } = await result;
  expect(exitCode).toBe(0);
  // What was done and rolled back again is not reported; the rest once.
  expect([...stderr.matchAll(/applied (\d+)/g)].map(([, number]) => Number(number)).sort()).toEqual([
    3, 4, 5, 6,
  ]);
  expect(await ledgers(place)).toEqual(whole);
  expect(await history(place, "auth")).toEqual(["apply 1", "apply 3", "apply 5"]);
});

it("finds out before the first COMMIT what would fail in the last one", async () => {
  place = await makePlace("server");
  const deferred =
    "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE t6 (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED); INSERT INTO t6 VALUES (1);";
  writeChains(place, { auth, specs: [...specs.slice(0, 2), { ...table(6, 2), up: deferred }] });
  const result = await place.run(["migrate", "--atomic", "--format", "json"]);
  expect([result.exitCode, errorOf(result).code]).toEqual([3, "migration-failed"]);
  expect(await ledgers(place)).toEqual({ auth: [], specs: [] });
});

it("reports which database is committed when the connection to the second one breaks then, and a second run completes it", async () => {
  place = await makePlace("server");
  writeChains(place, { auth, specs });
  const { proxy, env } = await openThrough(place, "specs", breakAtCommit("before", "end"));
  try {
    const result = await place.run(["migrate", "--atomic", "--format", "json"], { env });
    expect([result.exitCode, errorOf(result).code]).toEqual([2, "connection-lost"]);
    expect(errorOf(result).message).toMatch(/^auth is committed; specs: .*it had no effect$/);
    expect(result.stderr).toContain("applied 005_m5");
    expect(result.stderr).not.toContain("applied 002_m2");
  } finally {
    await proxy.close();
  }
  expect(await ledgers(place)).toEqual({ ...whole, specs: [] });
  expect(await place.run(["migrate", "--atomic"])).toMatchObject({ exitCode: 0 });
  expect(await ledgers(place)).toEqual(whole);
});
