import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, inject, it } from "vitest";
import {
  history,
  migrateAll,
  openRival,
  type Rival,
  start,
  table,
  tables,
  type Written,
  writeChains,
} from "../runner/helpers.ts";
import { openThrough } from "../runner/proxy.ts";
import { makePlace, type Place } from "../support/place.ts";
import { expectAgreement, expectRecovery, ownChains, tableChains, untilAlone } from "./support/invariants.ts";
import { full } from "./support/level.ts";
import { atMoment, moments } from "./support/wire.ts";

let place: Place;
afterEach(() => place.dispose());

/** Each migration at each moment, one chain after the other; the fast subset alternates the moments. */
function kills(engine: Place["engine"]) {
  return Object.entries(ownChains(engine).whole).flatMap(([key, numbers]) =>
    numbers.flatMap((number) =>
      (full ? moments : moments.slice(number % 3, (number % 3) + 1)).map((moment) => ({
        key,
        number,
        moment,
      })),
    ),
  );
}

const preload = pathToFileURL(path.resolve(import.meta.dirname, "support/kill-embedded.mjs")).href;

describe("kill -9 at each migration: before its DDL, after it, and at COMMIT (fault 1)", () => {
  it("on a server", async () => {
    place = await makePlace("server");
    const truth = ownChains("server");
    for (const { key, number, moment } of kills("server")) {
      let kill = () => {};
      const { proxy, env } = await openThrough(
        place,
        key,
        atMoment(number, moment, () => kill()),
      );
      try {
        const { child, result } = start(place, [...migrateAll("server"), "--database", key], { env });
        kill = () => child.kill("SIGKILL");
        expect((await result).exitCode, `${number} ${moment}`).toBe("SIGKILL");
      } finally {
        await proxy.close();
      }
      await untilAlone(place);
      await expectAgreement(place, truth, `killed at ${number} ${moment}`);
    }
    await expectRecovery(place, truth, migrateAll("server"));
  });

  it("on the embedded engine", async () => {
    place = await makePlace("embedded");
    const truth = ownChains("embedded");
    for (const [i, { key, number, moment }] of kills("embedded").entries()) {
      const env = { NODE_OPTIONS: `--import ${preload}`, SDB_KILL: `${number},${moment},${i % 4}` };
      const args = [...migrateAll("embedded"), "--database", key];
      const { exitCode, stderr } = await place.run(args, { env, spawn: true });
      expect(exitCode, `${number} ${moment}\n${stderr}`).toBe("SIGKILL");
      await expectAgreement(place, truth, `killed at ${number} ${moment}`);
    }
    await expectRecovery(place, truth, migrateAll("embedded"));
  });
});

describe("kill -9 during a migration (fault 1)", () => {
  let rival: Rival;
  afterEach(() => rival.close());

  const alter: Written = {
    number: 3,
    phase: 1,
    up: "CREATE TABLE t3 (id int); ALTER TABLE t1 ADD COLUMN x int;",
  };
  const concurrently = (statement: string): Written => ({
    number: 3,
    phase: 1,
    up: statement,
    noTransaction: true,
  });

  /** The first migration is applied, the second is killed while it waits for the rival's transaction. */
  async function killWaiting(second: Written, blocker: string, options: string[] = []): Promise<void> {
    place = await makePlace("server");
    const first = { ...table(1, 0), up: 'CREATE TABLE t1 (id int); CREATE TABLE "T One" (id int);' };
    writeChains(place, { auth: [first, second], specs: [table(2, 0)] });
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    rival = openRival(place, "auth");
    await rival.run(`BEGIN; ${blocker}`);
    const { child, result } = start(place, ["migrate", ...options]);
    await rival.untilBlocked();
    child.kill("SIGKILL");
    expect((await result).exitCode).toBe("SIGKILL");
  }

  it("rolls it back", async () => {
    await killWaiting(alter, "LOCK TABLE t1");
    await rival.run("COMMIT");
    expect(await place.run(["migrate"], { spawn: true })).toMatchObject({ exitCode: 0 });
    expect(await tables(place, "auth")).toEqual(["T One", "t1", "t3"]);
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
  });

  it("is noticed by the server, though its statement would wait forever", async ({ skip }) => {
    if (inject("server").version < 140000) skip("PostgreSQL 13 looks for its client only when it writes");
    await killWaiting(alter, "LOCK TABLE t1", ["--lock-timeout", "0"]);
    await rival.untilAlone();
  });

  it.each([
    ["a name", "CREATE INDEX CONCURRENTLY IF NOT EXISTS t1_id ON t1 (id);", "t1", ["t1_id"]],
    ["a name in quotes", 'CREATE INDEX CONCURRENTLY "T1 Id" ON public."T One" (id);', "T One", ["T1 Id"]],
    ["no name", "CREATE INDEX CONCURRENTLY ON t1 (id);", "t1", ["t1_id_idx"]],
  ])("leaves an invalid index of %s, which the next one rebuilds", async (_, statement, on, names) => {
    // CONCURRENTLY waits for the end of transactions that have written to the table.
    await killWaiting(concurrently(statement), `INSERT INTO "${on}" VALUES (1)`);
    await rival.terminate("active");
    await rival.run("COMMIT");
    const indexes = () =>
      place.query(
        "auth",
        `SELECT c.relname AS name, indisvalid AS valid FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = 'public."${on}"'::regclass`,
      );
    expect(await indexes()).toEqual(names.map((name) => ({ name, valid: false })));
    expect(await place.run(["migrate"], { spawn: true })).toMatchObject({ exitCode: 0 });
    expect(await indexes()).toEqual(names.map((name) => ({ name, valid: true })));
    expect(await history(place, "auth")).toEqual(["apply 1", "start 3", "fail 3", "start 3", "apply 3"]);
  });
});

describe("kill -9 at any moment (fault 1)", () => {
  it("of runners behind which others come", async () => {
    const seed = Math.floor(Math.random() * 1000);
    place = await makePlace("server");
    const chains = {
      auth: [table(1, 0), table(3, 1), table(5, 2)],
      specs: [table(2, 0), table(4, 1), table(6, 2)],
    };
    writeChains(place, chains);
    for (let round = 0; round < 4; round++) {
      const runs = [0, 1, 2].map((i) => {
        const running = start(place, ["migrate"]);
        setTimeout(
          () => running.child.kill("SIGKILL"),
          100 + ((seed * 7 + round * 61 + i * 97) % 400),
        ).unref();
        return running.result;
      });
      for (const { exitCode, stderr } of await Promise.all(runs))
        expect([0, "SIGKILL"], `seed ${seed}\n${stderr}`).toContain(exitCode);
    }
    await untilAlone(place);
    await expectRecovery(place, tableChains(chains), ["migrate"], `seed ${seed}`);
  });
});
