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
  until,
  waitAtGate,
  writeChains,
} from "./helpers.ts";
import { asPooler, type Gate, openThrough } from "./proxy.ts";

let place: Place;
const rivals: Rival[] = [];
const proxies: Gate[] = [];
afterEach(async () => {
  await Promise.all(rivals.splice(0).map((rival) => rival.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await place.dispose();
});

function rivalOn(key: string): Rival {
  const rival = openRival(place, key);
  rivals.push(rival);
  return rival;
}

const auth = [table(1, 0), table(3, 1), table(5, 2)];
const specs = [table(2, 0), table(4, 1), table(6, 2)];
const whole = { auth: [1, 3, 5], specs: [2, 4, 6] };

async function migrated(): Promise<void> {
  place = await makePlace("server");
  writeChains(place, { auth, specs });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
}

/** Databases whose migration 5 waits at the gate in either direction. */
async function withGate(): Promise<Rival> {
  place = await makePlace("server");
  const { up, down } = table(5, 2);
  const gated = { ...table(5, 2), up: `${waitAtGate} ${up}`, down: `${waitAtGate} ${down}` };
  writeChains(place, { auth: [table(1, 0), table(3, 1), gated], specs });
  return rivalOn("auth");
}

describe("runs that overlap (fault 42)", () => {
  it("a migrate that starts between two phases of a rollback waits, and migrates both databases again", async () => {
    const rival = await withGate();
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    await closeGate(rival);
    const back = start(place, ["rollback", "--phase", "0"]);
    // The rehearsal waits at the gate: both databases are locked by then.
    await rival.untilAtGate();
    const forth = start(place, ["migrate", "--lock-wait", "60s"]);
    const other = await place.run(["migrate", "--phase", "1"]);
    expect(other).toMatchObject({ exitCode: 0 });
    await rival.run("COMMIT");
    expect([await back.result, await forth.result]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    const { auth: left, specs: right } = await ledgers(place);
    // Either run may be the last; half of one never remains.
    expect([whole, { auth: [1], specs: [2] }]).toContainEqual({ auth: left, specs: right });
  });

  it("a rollback that starts during a migrate also rolls back its new migrations", async () => {
    const rival = await withGate();
    expect(await place.run(["migrate", "--phase", "1"])).toMatchObject({ exitCode: 0 });
    await closeGate(rival);
    const forth = start(place, ["migrate"]);
    await rival.untilAtGate();
    // Initially, specs may have more to roll back than auth.
    const back = start(place, ["rollback", "--phase", "0"]);
    await back.says("waiting for pid");
    await rival.run("COMMIT");
    expect([await forth.result, await back.result]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
  });

  it("a migrate also locks the database that had nothing to do when it began", async () => {
    await migrated();
    expect(await place.run(["rollback", "--to", "5"])).toMatchObject({ exitCode: 0 });
    const rival = rivalOn("auth");
    // Auth has nothing pending, but is being changed.
    await rival.run("SELECT pg_advisory_lock(1397708371, 1)");
    const waiting = start(place, ["migrate", "--lock-wait", "60s"]);
    await waiting.says("auth   waiting for pid");
    await rival.run("DROP TABLE t5; DELETE FROM socrates_db.migrations WHERE number = 5");
    await rival.run("SELECT pg_advisory_unlock_all()");
    expect(await waiting.result).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual(whole);
    expect(await tables(place, "auth")).toEqual(["t1", "t3", "t5"]);
  });

  it("changes that were reverted behind a pooler, without a lock, are found at the end of the phase (fault 16)", async () => {
    place = await makePlace("server");
    const slow = { ...table(6, 2), up: `${waitAtGate} CREATE TABLE t6 (id int);` };
    writeChains(place, { auth, specs: [...specs.slice(0, 2), slow] });
    expect(await place.run(["migrate", "--phase", "1"])).toMatchObject({ exitCode: 0 });
    const env: Record<string, string> = {};
    for (const key of ["auth", "specs"]) {
      const opened = await openThrough(place, key, asPooler);
      proxies.push(opened.proxy);
      Object.assign(env, opened.env);
    }
    const [rival, keeper] = [rivalOn("auth"), rivalOn("specs")];
    await closeGate(keeper);
    const running = start(place, ["migrate", "--format", "json"], { env });
    await running.says("applied 005_m5");
    await rival.run("DROP TABLE t5; DELETE FROM socrates_db.migrations WHERE number = 5");
    await keeper.run("COMMIT");
    const { exitCode, ...result } = await running.result;
    expect([exitCode, errorOf({ exitCode, ...result }).code]).toEqual([3, "lock-lost"]);
    expect(errorOf({ exitCode, ...result }).message).toContain("005 was rolled back meanwhile");
  });
});

describe("defaults of a role or database for transactions (fault 14)", () => {
  it.each(["repeatable read", "serializable"])(
    "runners that start together succeed under %s",
    async (level) => {
      place = await makePlace("server");
      writeChains(place, { auth, specs });
      for (const key of ["auth", "specs"])
        await place.query(
          key,
          `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '${level}');
         EXECUTE format('ALTER DATABASE %I SET default_transaction_deferrable = on', current_database()); END $$`,
        );
      const env: Record<string, string> = {};
      for (const key of ["auth", "specs"]) {
        const opened = await openThrough(place, key, asPooler);
        proxies.push(opened.proxy);
        Object.assign(env, opened.env);
      }
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) => place.run(["migrate"], i % 2 === 0 ? {} : { env })),
      );
      expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
      expect(await ledgers(place)).toEqual(whole);
      expect(await history(place, "auth")).toEqual(["apply 1", "apply 3", "apply 5"]);
      const back = await Promise.all(Array.from({ length: 3 }, () => place.run(["rollback", "--to", "0"])));
      expect(back.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    },
  );

  it.each([["auth"], ["specs"]])(
    "a session that waits for %s outlives idle_session_timeout",
    async (held) => {
      place = await makePlace("server");
      writeChains(place, { auth, specs });
      for (const key of ["auth", "specs"])
        await place.query(
          key,
          "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = %L', current_database(), '1s'); EXCEPTION WHEN undefined_object THEN NULL; END $$",
        );
      const rival = rivalOn(held);
      await rival.run("SET idle_session_timeout = 0; SELECT pg_advisory_lock(1397708371, 1)").catch(() => {});
      const waiting = start(place, ["migrate", "--lock-wait", "60s"]);
      await waiting.says(`${held.padEnd(5)}  waiting for pid`);
      // Polling keeps the session of the held database awake; the other one has nothing to do.
      const other = rivalOn(held === "auth" ? "specs" : "auth");
      await until("a session has been idle for longer than the timeout", async () => {
        const idle = await other.run(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'socrates-db%' AND clock_timestamp() - state_change > interval '2 s'",
        );
        return idle.length > 0;
      });
      await rival.run("SELECT pg_advisory_unlock_all()");
      expect(await waiting.result).toMatchObject({ exitCode: 0 });
      expect(await ledgers(place)).toEqual(whole);
    },
  );
});
