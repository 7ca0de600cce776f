import { afterEach, describe, expect, it } from "vitest";
import { openRival, type Rival, start, table, writeChains } from "../runner/helpers.ts";
import { another } from "../support/application.ts";
import { makePlace, type Place } from "../support/place.ts";
import { expectRecovery, expectRefused, tableChains } from "./support/invariants.ts";

let place: Place;
const rivals: Rival[] = [];
afterEach(async () => {
  await Promise.all(rivals.splice(0).map((rival) => rival.close()));
  await place.dispose();
});

const chains = {
  auth: [table(1, 0), { ...table(3, 1), up: "ALTER TABLE t1 ADD COLUMN x int; CREATE TABLE t3 (id int);" }],
  specs: [table(2, 0), table(4, 1)],
};

async function prepare(): Promise<Rival> {
  place = await makePlace("server");
  writeChains(place, chains);
  expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
  return rivalOn("auth");
}

function rivalOn(key: string, application?: string): Rival {
  const rival = openRival(place, key, application);
  rivals.push(rival);
  return rival;
}

describe("the advisory lock held elsewhere (fault 10)", () => {
  it("by another run", async () => {
    const rival = await prepare();
    await rival.run("SELECT pg_advisory_lock(1397708371, 1)");
    for (const args of [["migrate"], ["migrate", "--atomic"], ["rollback", "--to", "0"]]) {
      const { code, text } = await expectRefused(place, [...args, "--lock-wait", "200ms"]);
      expect(code).toBe("lock-held");
      expect(text).toMatch(/is being changed by pid \d+ \(rival, user /);
    }
  });

  it("by another runner that creates the ledger", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    await rivalOn(another.key).run("BEGIN; SELECT pg_advisory_xact_lock(1397708371, 2)");
    const { code } = await expectRefused(place, [
      "migrate",
      "--lock-wait",
      "200ms",
      "--database",
      another.key,
    ]);
    expect(code).toBe("lock-held");
  });
});

describe("a table locked for two seconds (fault 12)", () => {
  it("delays a run, whatever the lock", async () => {
    const rival = await prepare();
    await rival.run("BEGIN; LOCK TABLE t1 IN ACCESS EXCLUSIVE MODE");
    const { result, says } = start(place, ["migrate", "--lock-timeout", "200ms", "--retries", "50"]);
    await says("; retrying (2 of 50)");
    await rival.run("SELECT pg_sleep(2); COMMIT");
    expect(await result).toMatchObject({ exitCode: 0 });
    await expectRecovery(place, tableChains(chains));
  });

  it("forever ends it, and the work of the other database is kept", async () => {
    const rival = await prepare();
    await rival.run("BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
    const impatient = ["--lock-timeout", "50ms", "--retries", "1"];
    expect((await expectRefused(place, ["migrate", "--database", "auth", ...impatient])).code).toBe(
      "lock-timeout",
    );
    expect((await expectRefused(place, ["migrate", "--atomic", ...impatient])).code).toBe("lock-timeout");
    await rival.run("COMMIT");
    await expectRecovery(place, tableChains(chains));
  });
});

describe("a reader while a migration waits for a lock (fault 13)", () => {
  it("never waits longer than the lock timeout", async () => {
    const rival = await prepare();
    await rival.run("BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
    const reader = rivalOn("auth", "reader");
    // The server itself ends a read that waits longer than the migration may: without a lock timeout, all do.
    await reader.run("SET lock_timeout = '2s'");
    const { result, says } = start(place, ["migrate", "--lock-timeout", "1s", "--retries", "3"]);
    let over = false;
    const reading = (async () => {
      let reads = 0;
      for (; !over; reads++) await reader.run("SELECT FROM t1");
      return reads;
    })();
    await says("; retrying (3 of 3)");
    expect((await result).exitCode).toBe(3);
    over = true;
    expect(await reading).toBeGreaterThan(100);
  });
});
