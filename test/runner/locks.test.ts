import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import {
  closeGate,
  errorOf,
  history,
  keys,
  ledgers,
  openRival,
  type Rival,
  start,
  table,
  tables,
  until,
  type Written,
  waitAtGate,
  writeChains,
} from "./helpers.ts";

let place: Place;
const open: Rival[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((rival) => rival.close()));
  await place.dispose();
});

function rivalOn(key: string, application?: string): Rival {
  const rival = openRival(place, key, application);
  open.push(rival);
  return rival;
}

const takeAdvisoryLock = "SELECT pg_advisory_lock(1397708371, 1)";
const alter: Written = {
  number: 3,
  phase: 1,
  up: "CREATE TABLE t3 (id int); ALTER TABLE t1 ADD COLUMN x int;",
};

describe("another runner's lock (fault 10)", () => {
  it.each(keys)("is waited for and named, for at most the given time (%s)", async (key) => {
    place = await makePlace("server");
    const rival = rivalOn(key, "nightly deployment");
    await rival.run(takeAdvisoryLock);
    const [row] = await rival.run("SELECT pg_backend_pid() AS pid");
    const result = await place.run(["migrate", "--phase", "0", "--lock-wait", "3s", "--format", "json"]);
    expect([result.exitCode, errorOf(result).code]).toEqual([3, "lock-held"]);
    const holder = `pid ${row?.["pid"]} (nightly deployment, user `;
    expect(errorOf(result).message).toContain(holder);
    expect(result.stderr).toContain(`waiting for ${holder}`);
    for (const database of keys) {
      expect(await tables(place, database)).toEqual([]);
      expect(
        await place.query(database, "SELECT FROM pg_namespace WHERE nspname = 'socrates_db'"),
      ).toHaveLength(0);
    }
  });

  it("is taken when it becomes free, with no transaction open in the meantime", async () => {
    place = await makePlace("server");
    writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0)] });
    const rival = rivalOn("auth");
    await rival.run(takeAdvisoryLock);
    const { result, says } = start(place, ["migrate"]);
    await says("waiting for pid");
    // CREATE INDEX CONCURRENTLY waits for older transactions, so the waiter must have none.
    for (let looks = 0; looks < 10; looks++) {
      const waiting = await rival.run(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'socrates-db%' AND (state = 'idle in transaction' OR wait_event_type = 'Lock')",
      );
      expect(waiting).toHaveLength(0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await rival.run("SELECT pg_advisory_unlock_all()");
    expect(await result).toMatchObject({ exitCode: 0 });
  });

  it("is taken again if a migration released it", async () => {
    place = await makePlace("server");
    writeChains(place, {
      auth: [{ number: 1, phase: 0, up: "SELECT pg_advisory_unlock_all();" }, table(3, 1)],
      specs: [table(2, 0)],
    });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
  });
});

describe("a lock on a table", () => {
  async function lockedTable(): Promise<Rival> {
    place = await makePlace("server");
    writeChains(place, { auth: [table(1, 0), alter], specs: [table(2, 0)] });
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    const rival = rivalOn("auth");
    await rival.run("BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
    return rival;
  }

  it("is retried until it is free (fault 12)", async () => {
    const rival = await lockedTable();
    const { result, says } = start(place, ["migrate", "--lock-timeout", "100ms", "--retries", "50"]);
    await says("; retrying (2 of 50)");
    await rival.run("COMMIT");
    const { exitCode, stderr } = await result;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/auth .*003_m3\.sql.*lock timeout.*; retrying \(1 of 50\)/);
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
  });

  it.each([0, 1, 2])(
    "that stays ends the run after %i retries with nothing kept (fault 12)",
    async (retries) => {
      await lockedTable();
      const result = await place.run([
        ...["migrate", "--lock-timeout", "20ms", "--retries", String(retries), "--format", "json"],
      ]);
      expect([result.exitCode, errorOf(result).code]).toEqual([3, "lock-timeout"]);
      const tries = [...result.stderr.matchAll(/\b\d+ of \d+\b/g)].map(([text]) => text);
      expect(tries).toEqual(Array.from({ length: retries }, (_, i) => `${i + 1} of ${retries}`));
      expect(await tables(place, "auth")).toEqual(["t1"]);
      expect(await history(place, "auth")).toEqual(["apply 1"]);
    },
  );

  it("makes readers wait no longer than one attempt (fault 13)", async () => {
    await lockedTable();
    const reader = rivalOn("auth", "reader");
    const { result, says } = start(place, ["migrate", "--lock-timeout", "300ms", "--retries", "2"]);
    // A queued ALTER blocks readers. If it did not give up between two attempts, this would read nothing until the
    // end.
    let reads = 0;
    let over = false;
    const reading = (async () => {
      while (!over) {
        await reader.run("SELECT FROM t1");
        reads++;
      }
    })();
    await says("; retrying (1 of 2)");
    const before = reads;
    await until("a reader gets through while the migration retries", () => reads > before + 10);
    expect((await result).exitCode).toBe(3);
    over = true;
    await reading;
  });
});

describe("defaults of a role (faults 14, 27)", () => {
  const role = `sdb_hostile_${process.pid}`;

  it("have no effect: timeouts, and schemas that shadow PostgreSQL's functions", async () => {
    place = await makePlace("server");
    const rivals = keys.map((key) => rivalOn(key));
    const [first] = rivals;
    await first?.run(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'canary'`);
    try {
      await first?.run(`ALTER ROLE ${role} SET statement_timeout = '150ms';
        ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '1ms';
        ALTER ROLE ${role} SET lock_timeout = '1ms';
        ALTER ROLE ${role} SET standard_conforming_strings = off;
        ALTER ROLE ${role} SET client_min_messages = error;
        ALTER ROLE ${role} SET search_path = evil, pg_catalog, public`);
      for (const rival of rivals)
        await rival.run(`CREATE SCHEMA evil;
          CREATE TABLE evil.migrations (number int); CREATE TABLE evil.pg_class (oid oid); CREATE TABLE evil.pg_locks (pid int);
          CREATE TABLE evil.pg_namespace (oid oid); CREATE TABLE evil.users (id int);
          CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
          CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
          CREATE FUNCTION evil.pg_try_advisory_lock(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
          CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$`);
      const env = Object.fromEntries(
        Object.entries(place.env).map(([name, url]) => {
          const other = new URL(url);
          other.username = role;
          other.password = "canary";
          return [name, other.toString()];
        }),
      );
      writeChains(place, {
        auth: [
          table(1, 0),
          {
            ...table(3, 1),
            up: "CREATE TABLE t3 (at timestamptz DEFAULT now()); INSERT INTO t3 DEFAULT VALUES; SELECT pg_sleep(0.4);",
          },
        ],
        specs: [table(2, 0)],
      });
      expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
      expect(await tables(place, "auth")).toEqual(["t1", "t3"]);
      expect(await place.run(["migrate", "--format", "json"], { env })).toMatchObject({ exitCode: 0 });
      for (const args of [
        ["status", "--check"],
        ["verify", "ledger"],
        ["diff", "--from", "migrations", "--ignore", "evil*"],
      ])
        expect([args, await place.run(args, { env })]).toMatchObject([args, { exitCode: 0 }]);
      const back = await place.run(["rollback", "--to", "0", "--allow-data-loss"], { env });
      expect(back).toMatchObject({ exitCode: 0 });
      expect(await tables(place, "auth")).toEqual([]);
      expect(await first?.run("SELECT FROM evil.migrations")).toHaveLength(0);
    } finally {
      await first?.run(`DROP OWNED BY ${role} CASCADE`);
      await rivals[1]?.run(`DROP OWNED BY ${role} CASCADE`);
      await first?.run(`DROP ROLE ${role}`);
    }
  });
});

describe("a lock that a migration gives away (fault 4)", () => {
  it("stays with the runner, even if another session waits for it", async () => {
    place = await makePlace("server");
    const up = `CREATE TABLE t1 (id int); SELECT pg_advisory_unlock_all(); ${waitAtGate}`;
    writeChains(place, { auth: [{ ...table(1, 0), up }, table(3, 0)], specs: [table(2, 0)] });
    const [keeper, rival] = [rivalOn("auth"), rivalOn("auth")];
    await closeGate(keeper);
    const running = start(place, ["migrate"]);
    await keeper.untilAtGate();
    const taken = rival.run(takeAdvisoryLock).then(() => {});
    await keeper.untilAdvisoryBlocked();
    await keeper.run("COMMIT");
    await taken;
    // The rival has it once the runner is done.
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
    expect(await running.result).toMatchObject({ exitCode: 0 });
  });
});
