import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import {
  closeGate,
  errorOf,
  history,
  ledgers,
  openRival,
  type Rival,
  start,
  table,
  tables,
  waitAtGate,
  writeChains,
  writeMigration,
} from "./helpers.ts";
import { breakAtCommit, type Gate, openThrough, type ProxyHooks } from "./proxy.ts";

let place: Place;
let proxy: Gate | undefined;
let rival: Rival | undefined;
afterEach(async () => {
  await proxy?.close();
  await rival?.close();
  proxy = undefined;
  rival = undefined;
  await place.dispose();
});

const chains = { auth: [table(1, 0), table(3, 0)], specs: [table(2, 0)] };

/** The environment with a proxy for one database, and direct connections to the others. */
async function through(key: string, hooks: () => ProxyHooks): Promise<Record<string, string>> {
  const opened = await openThrough(place, key, hooks);
  proxy = opened.proxy;
  return opened.env;
}

async function expectHead(): Promise<void> {
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
  expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
}

describe("a connection that is lost at COMMIT (fault 6)", () => {
  it.each(["reset", "end"] as const)("is looked up: it was applied (%s)", async (how) => {
    place = await makePlace("server");
    writeChains(place, chains);
    const env = await through("auth", breakAtCommit("after", how));
    const result = await place.run(["migrate", "--format", "json"], { env });
    expect(result.exitCode).toBe(2);
    expect(errorOf(result).code).toBe("connection-lost");
    expect(errorOf(result).message).toMatch(
      /lost during 001_m1 \((the server closed the connection|the connection was reset)\); by the ledger, it was applied$/,
    );
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
    await expectHead();
  });

  it("is looked up: nothing was applied", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    const env = await through("auth", breakAtCommit("before", "end"));
    const result = await place.run(["migrate", "--format", "json"], { env });
    expect(errorOf(result).message).toMatch(/lost during 001_m1 .*; by the ledger, it had no effect$/);
    expect(await tables(place, "auth")).toEqual([]);
    await expectHead();
  });

  it("is also looked up in a rollback", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    const env = await through("auth", breakAtCommit("after", "reset"));
    const result = await place.run(["rollback", "--to", "0", "--format", "json"], { env });
    expect(result.exitCode).toBe(2);
    expect(errorOf(result).message).toMatch(/lost during 003_m3 .*; by the ledger, it was rolled back$/);
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [] });
  });
});

describe("a connection that is lost between two migrations (fault 4)", () => {
  it("loses the lock, so nothing more runs on it", async () => {
    place = await makePlace("server");
    writeChains(place, chains);
    const env = await through("auth", breakAtCommit("answered", "reset"));
    const result = await place.run(["migrate", "--format", "json"], { env });
    expect([result.exitCode, errorOf(result).code]).toEqual([2, "connection-lost"]);
    expect(result.stderr).toContain("auth   applied 001_m1");
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
    await expectHead();
  });
});

describe("a backend that an administrator ends (fault 4)", () => {
  const sleeping = { ...table(3, 0), up: "CREATE TABLE t3 (id int); SELECT pg_sleep(600);" };

  it("reports the outcome of the migration from the ledger", async () => {
    place = await makePlace("server");
    writeChains(place, { ...chains, auth: [table(1, 0), sleeping] });
    rival = openRival(place, "auth");
    const { result } = start(place, ["migrate", "--format", "json"]);
    await rival.untilAsleep();
    await rival.terminate("active");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([2, "connection-lost"]);
    expect(errorOf(ended).message).toMatch(/lost during 003_m3 .*; by the ledger, it had no effect$/);
    expect(await tables(place, "auth")).toEqual(["t1"]);
    writeMigration(place, "auth", table(3, 0));
    await expectHead();
  });

  it("is not replaced by a new one that has no lock", async () => {
    place = await makePlace("server");
    const slow = { ...table(2, 0), up: `CREATE TABLE t2 (id int); ${waitAtGate}` };
    writeChains(place, { auth: [table(1, 0), table(3, 1)], specs: [slow] });
    rival = openRival(place, "auth");
    const keeper = openRival(place, "specs");
    await closeGate(keeper);
    const { result, says } = start(place, ["migrate", "--format", "json"]);
    await says("applied 001_m1");
    await rival.terminate("idle");
    await keeper.close();
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([2, "connection-lost"]);
    await expectHead();
  });

  it("is a typed error while the program waits for another runner", async () => {
    place = await makePlace("server");
    rival = openRival(place, "auth");
    await rival.run("SELECT pg_advisory_lock(1397708371, 1)");
    const { result, says } = start(place, ["migrate", "--phase", "0", "--format", "json"]);
    await says("waiting for pid");
    await rival.terminate("idle");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([2, "connection-lost"]);
  });

  it("is also a typed error in the rehearsal of a rollback", async () => {
    place = await makePlace("server");
    writeChains(place, {
      ...chains,
      auth: [{ ...table(1, 0), down: "DROP TABLE t1; SELECT pg_sleep(600);" }],
    });
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    rival = openRival(place, "auth");
    const { result } = start(place, ["rollback", "--to", "0", "--format", "json"]);
    await rival.untilAsleep();
    await rival.terminate("active");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([2, "connection-lost"]);
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
  });
});
