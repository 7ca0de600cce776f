import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import {
  errorOf,
  history,
  ledgers,
  openRival,
  type Rival,
  start,
  table,
  tables,
  type Written,
  writeChains,
  writeMigration,
} from "./helpers.ts";

let place: Place;
let rival: Rival;
const opened: Rival[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await place.dispose();
});

function openOn(key: string): void {
  rival = openRival(place, key);
  opened.push(rival);
}

/** Longer than any deadline of the tests: it ends only by being cancelled. */
const sleeping: Written = { number: 3, phase: 1, up: "CREATE TABLE t3 (id int); SELECT pg_sleep(600);" };

/** A place whose next migration waits forever, and the command that is running it. */
async function startSleeping() {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), sleeping], specs: [table(2, 0)] });
  expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
  openOn("auth");
  const running = start(place, ["migrate", "--format", "json"]);
  await rival.untilAsleep();
  return running;
}

async function expectToGoOn(): Promise<void> {
  expect(await tables(place, "auth")).toEqual(["t1"]);
  writeMigration(place, "auth", table(3, 1));
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
}

describe.each(["SIGINT", "SIGTERM"] as const)("%s during a statement (fault 2)", (signal) => {
  it("cancels it and keeps nothing; a second run continues", async () => {
    const { child, result } = await startSleeping();
    child.kill(signal);
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "interrupted"]);
    expect(ended.stderr).toContain("cancelling and rolling back");
    await rival.untilAlone();
    await expectToGoOn();
  });
});

describe("a second signal (fault 2)", () => {
  it("ends the program at once, though the statement cannot be cancelled", async () => {
    place = await makePlace("server");
    // A statement that catches its own cancellation continues.
    const stubborn =
      "DO $do$ BEGIN FOR i IN 1..600 LOOP BEGIN PERFORM pg_sleep(1); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $do$;";
    writeChains(place, { auth: [table(1, 0), { number: 3, phase: 1, up: stubborn }], specs: [table(2, 0)] });
    openOn("auth");
    const { child, result, says } = start(place, ["migrate"]);
    await rival.untilAsleep();
    child.kill("SIGINT");
    await says("press again to stop at once");
    child.kill("SIGINT");
    expect((await result).exitCode).toBe(130);
    await rival.terminate("active");
    await rival.untilAlone();
    await expectToGoOn();
  });
});

describe("a signal while the program waits (fault 2)", () => {
  it("ends the wait for another runner", async () => {
    place = await makePlace("server");
    openOn("auth");
    await rival.run("SELECT pg_advisory_lock(1397708371, 1)");
    const { child, result, says } = start(place, [
      "migrate",
      "--phase",
      "0",
      "--format",
      "json",
      "--lock-wait",
      "10min",
    ]);
    await says("waiting for pid");
    child.kill("SIGTERM");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "interrupted"]);
    expect(await ledgers(place)).toEqual({ auth: [], specs: [] });
  });

  it("ends the rehearsal of a rollback", async () => {
    place = await makePlace("server");
    const slow = { number: 3, phase: 1, up: "CREATE TABLE t3 (id int);", down: "SELECT pg_sleep(600);" };
    writeChains(place, { auth: [table(1, 0), slow], specs: [table(2, 0)] });
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    openOn("auth");
    const { child, result } = start(place, ["rollback", "--phase", "0", "--format", "json"]);
    await rival.untilAsleep();
    child.kill("SIGINT");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "interrupted"]);
    expect(await tables(place, "auth")).toEqual(["t1", "t3"]);
  });
});

describe("a signal on the embedded engine, which cannot cancel (fault 2)", () => {
  it("ends the engine in the middle of the statement and keeps nothing", async () => {
    place = await makePlace("embedded");
    const endless = "CREATE TABLE t3 (id int); SELECT count(*) FROM generate_series(1, 1000000000000);";
    writeChains(place, {
      auth: [table(1, 0), { number: 3, phase: 1, up: endless }],
      specs: [table(2, 0)],
    });
    const { child, result, says } = start(place, ["migrate", "--format", "json"]);
    await says("applied 001_m1");
    await says("applied 002_m2");
    child.kill("SIGINT");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "interrupted"]);
    writeMigration(place, "auth", table(3, 1));
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
  });
});
