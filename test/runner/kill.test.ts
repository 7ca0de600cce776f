import { afterEach, describe, expect, inject, it } from "vitest";
import { engines, makePlace, type Place } from "../support/place.ts";
import {
  expectPrefix,
  history,
  ledgers,
  migrateAll,
  openRival,
  type Rival,
  reachable,
  start,
  table,
  type Written,
  writeChains,
} from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

/** Small numbers by chance, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.each(engines)("a runner that is killed on the %s engine", (engine) => {
  it("leaves a ledger from which the next goes on, after every migration", async () => {
    place = await makePlace(engine);
    const whole = reachable(engine);
    const all = Object.values(whole).flat();
    // Each run is killed at the first migration that it reports, so the next one begins there.
    for (let runs = 0; runs <= all.length; runs++) {
      const running = start(place, migrateAll(engine));
      running.child.stderr?.on("data", (text: string) => {
        if (text.includes("applied")) running.child.kill("SIGKILL");
      });
      const { exitCode } = await running.result;
      if (engine === "server") await expectPrefix(place, whole);
      if (exitCode === 0) break;
      expect(exitCode).toBe("SIGKILL");
    }
    expect((await place.run(migrateAll(engine), { spawn: true })).exitCode).toBe(0);
    expect(await ledgers(place)).toEqual(whole);
    for (const [key, numbers] of Object.entries(whole))
      expect(await history(place, key)).toEqual(numbers.map((number) => `apply ${number}`));
  });

  it("leaves a ledger from which the next goes on, at any moment", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const next = chance(seed);
    const context = `seed ${seed}`;
    place = await makePlace(engine);
    for (let runs = 0; runs < (engine === "server" ? 6 : 3); runs++) {
      const { child, result } = start(place, migrateAll(engine));
      const timer = setTimeout(
        () => child.kill("SIGKILL"),
        100 + next() * (engine === "server" ? 400 : 1200),
      );
      const { exitCode, stderr } = await result;
      clearTimeout(timer);
      expect([0, "SIGKILL"], `${context}: ${stderr}`).toContain(exitCode);
    }
    const last = await place.run(migrateAll(engine), { spawn: true });
    expect(last, `${context}: ${last.stderr}`).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place), context).toEqual(reachable(engine));
  });
});

describe("a runner that is killed while its migration is under way", () => {
  let rival: Rival;
  afterEach(() => rival.close());

  const alter: Written = {
    number: 3,
    phase: 1,
    up: "CREATE TABLE t3 (id int); ALTER TABLE t1 ADD COLUMN x int;",
  };
  const index: Written = {
    number: 3,
    phase: 1,
    up: "CREATE INDEX CONCURRENTLY IF NOT EXISTS t1_id ON t1 (id);",
    noTransaction: true,
  };

  /** The first migration is applied, the second is killed while it waits for what the rival's transaction does. */
  async function killWaiting(second: Written, blocker: string, options: string[] = []): Promise<void> {
    place = await makePlace("server");
    writeChains(place, { auth: [table(1, 0), second], specs: [table(2, 0)] });
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    rival = openRival(place, "auth");
    await rival.run(`BEGIN; ${blocker}`);
    const { child, result } = start(place, ["migrate", ...options]);
    await rival.untilBlocked();
    child.kill("SIGKILL");
    expect((await result).exitCode).toBe("SIGKILL");
  }

  it("keeps nothing of it", async () => {
    await killWaiting(alter, "LOCK TABLE t1");
    await rival.run("COMMIT");
    expect(await place.run(["migrate"], { spawn: true })).toMatchObject({ exitCode: 0 });
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
  });

  it("is noticed by the server, though its statement would wait for ever", async () => {
    await killWaiting(alter, "LOCK TABLE t1", ["--lock-timeout", "0"]);
    if (inject("server").version < 140000) return; // older servers look only when they write
    await rival.untilAlone();
  });

  it("leaves an invalid index, which the next one builds anew", async () => {
    // CONCURRENTLY waits for the end of transactions that have written to the table.
    await killWaiting(index, "INSERT INTO t1 VALUES (1)");
    await rival.terminate("active");
    await rival.run("COMMIT");
    const valid = () =>
      place.query("auth", "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 't1_id'::regclass");
    expect(await valid()).toEqual([{ valid: false }]);
    expect(await place.run(["migrate"], { spawn: true })).toMatchObject({ exitCode: 0 });
    expect(await valid()).toEqual([{ valid: true }]);
    expect(await history(place, "auth")).toEqual(["apply 1", "start 3", "start 3", "apply 3"]);
  });
});
