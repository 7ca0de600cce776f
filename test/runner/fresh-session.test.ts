import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { errorOf, ledgers, table, tables, type Written, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

/** The whole state of a session, as names and values. */
const state = `SELECT name::text, setting AS value FROM pg_settings WHERE name !~ '^transaction_'
UNION ALL VALUES ('current user', current_user::text), ('session user', session_user::text),
  ('temporary tables', (SELECT count(*)::text FROM pg_class WHERE relpersistence = 't')),
  ('prepared statements', (SELECT count(*)::text FROM pg_prepared_statements)),
  ('cursors', (SELECT count(*)::text FROM pg_cursors WHERE is_holdable)),
  ('channels', (SELECT count(*)::text FROM pg_listening_channels())),
  ('advisory locks', (SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = 0)),
  ('own setting', coalesce(current_setting('app.tenant', true), ''))`;

/** Everything that a script can leave behind. */
const leaks = `SET client_encoding = 'LATIN1'; SET DateStyle = 'German'; SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Asia/Tokyo'; SET check_function_bodies = off; SET session_replication_role = replica;
SET default_transaction_isolation = serializable; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET standard_conforming_strings = off; SET row_security = off; SET client_min_messages = error; SET work_mem = '64kB';
SET app.tenant = 'a'; SET LOCAL lock_timeout = '1min'; SET LOCAL statement_timeout = '10min'; SET search_path = app, public;
CREATE TEMP TABLE item AS SELECT 1 AS id; PREPARE one AS SELECT 1; LISTEN news; DECLARE kept CURSOR WITH HOLD FOR SELECT 1;
SELECT pg_advisory_lock(4711), pg_advisory_lock(4711); SET CONSTRAINTS ALL DEFERRED; SET SESSION AUTHORIZATION pg_monitor;`;

/** Fails if the session differs from its recorded state, or if text arrives garbled. */
const compare = `DO $$ DECLARE found text; BEGIN
SELECT string_agg(name || ' = ' || value, ', ') INTO found FROM ((${state}) EXCEPT SELECT name, value FROM public.seen) d;
IF found IS NOT NULL THEN RAISE EXCEPTION 'left behind: %', found; END IF;
IF length('Zoë Łukasz') <> 10 THEN RAISE EXCEPTION 'garbled'; END IF; END $$;
CREATE TEMP TABLE item AS SELECT 2 AS id; PREPARE one AS SELECT 2; CREATE TABLE made (id int);`;

const auth: readonly Written[] = [
  { number: 1, phase: 0, up: `CREATE TABLE seen (name text, value text); INSERT INTO seen ${state};` },
  { number: 2, phase: 0, up: `CREATE SCHEMA app; ${leaks}`, down: `${compare} DROP SCHEMA app;` },
  {
    number: 3,
    phase: 0,
    up: compare,
    down: `DROP TABLE made; TRUNCATE public.seen; INSERT INTO public.seen ${state}; ${leaks}`,
  },
];

describe.each(sampledEngines("server"))(
  "a migration on the %s engine starts with a fresh session (fault 40)",
  (engine) => {
    it.each(["migrate", "migrate --atomic"])("%s", async (command) => {
      place = await makePlace(engine);
      writeChains(place, { auth, specs: [] });
      expect(await place.run(command.split(" "))).toMatchObject({ exitCode: 0 });
      expect(await tables(place, "auth")).toEqual(["made", "seen"]);
    });

    it("in a rollback and its rehearsal", async () => {
      place = await makePlace(engine);
      writeChains(place, { auth, specs: [] });
      expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
      // The last one that is rolled back recreates this table.
      expect(await place.run(["rollback", "--to", "1"])).toMatchObject({ exitCode: 0 });
      expect(await tables(place, "auth")).toEqual(["made", "seen"]);
    });

    it("and with random numbers that the one before did not set", async () => {
      place = await makePlace(engine);
      const pairs = [1, 3].flatMap((number): Written[] => [
        { number, phase: 0, up: "SELECT setseed(0.5);" },
        { number: number + 1, phase: 0, up: `CREATE TABLE t${number} AS SELECT random() AS value;` },
      ]);
      writeChains(place, { auth: pairs, specs: [] });
      expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
      expect(await place.query("auth", "SELECT FROM t1 JOIN t3 USING (value)")).toHaveLength(0);
    });
  },
);

it("the shadow runs a chain like a server", async () => {
  place = await makePlace("server");
  const up =
    "CREATE SCHEMA app; SET search_path = app; CREATE TABLE item (id int); CREATE TEMP TABLE t3 (id int);";
  const down = "SET search_path = app; DROP TABLE item; DROP SCHEMA app;";
  writeChains(place, { auth: [table(1, 0), { number: 2, phase: 0, up, down }, table(3, 0)], specs: [] });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  const args = ["diff", "--from", "migrations", "--to", "live", "--database", "auth"];
  expect(await place.run(args)).toMatchObject({ exitCode: 0 });
});

/** What one file may do with its session, and the expected result. */
const within: Readonly<Record<string, readonly [up: string, check: string]>> = {
  "a temporary table hides another one of its name": [
    "CREATE TABLE item (id int); CREATE TEMP TABLE item AS SELECT 7 AS id; CREATE TABLE copy AS SELECT id FROM item;",
    "SELECT FROM copy WHERE id = 7",
  ],
  "a temporary table is emptied under its own name": [
    "CREATE TABLE item AS SELECT 1 AS id; CREATE TEMP TABLE item AS SELECT 2 AS id; DELETE FROM item;",
    "SELECT FROM item WHERE id = 1",
  ],
  "another user makes the tables, and the ledger is written": [
    "GRANT CREATE ON SCHEMA public TO pg_monitor; SET SESSION AUTHORIZATION pg_monitor; CREATE TABLE item (id int);",
    "SELECT FROM pg_tables WHERE tablename = 'item' AND tableowner = 'pg_monitor'",
  ],
  "settings count until the end of the file": [
    "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; CREATE TABLE item AS SELECT timestamptz '24.12.2025 18:00' AS at;",
    "SELECT FROM item WHERE at = '2025-12-24T09:00:00Z'",
  ],
  "a deferred constraint is checked at the end": [
    `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
     INSERT INTO b VALUES (1); INSERT INTO a VALUES (1);`,
    "SELECT FROM a JOIN b USING (id)",
  ],
};

describe.each(sampledEngines("server"))("within one file on the %s engine", (engine) => {
  it.each(Object.entries(within))("%s", async (_, [up, check]) => {
    place = await makePlace(engine);
    writeChains(place, { auth: [{ number: 1, phase: 0, up }, table(3, 0)], specs: [] });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await place.query("auth", check)).toHaveLength(1);
    expect(await ledgers(place)).toMatchObject({ auth: [1, 3] });
  });

  it.each([
    ["SET client_min_messages = error;", `CREATE TABLE ${"n".repeat(64)} (id int);`],
    [
      "SET client_min_messages = warning;",
      "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || repeat('n', 64) || ' ()'; END $$;",
    ],
    [
      "SELECT set_config('client_min_messages', 'error', false);",
      `ALTER TABLE t1 ADD "${"é".repeat(32)}" int;`,
    ],
  ])("%s hides no name that would be cut: %s", async (hide, long) => {
    place = await makePlace(engine);
    writeChains(place, { auth: [table(1, 0), { number: 3, phase: 0, up: `${hide}\n${long}` }], specs: [] });
    const result = await place.run(["migrate", "--format", "json"]);
    expect(result.exitCode).toBe(3);
    expect(errorOf(result).message).toMatch(/003_m3\.sql.* identifier ".*" /);
    // What is visible in the file is refused before anything runs, the rest before its migration is committed.
    expect((await tables(place, "auth")).filter((name) => name !== "t1")).toEqual([]);
  });
});

describe("an atomic run", () => {
  it("checks a deferred constraint at the end of each migration, as without it", async () => {
    place = await makePlace("server");
    const early = `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO b VALUES (1);`;
    writeChains(place, {
      auth: [
        { number: 1, phase: 0, up: early },
        { number: 3, phase: 0, up: "INSERT INTO a VALUES (1);" },
      ],
      specs: [],
    });
    for (const args of [["migrate"], ["migrate", "--atomic"]]) {
      const result = await place.run([...args, "--format", "json"]);
      expect([result.exitCode, errorOf(result).message]).toEqual([
        3,
        expect.stringContaining("001_m1.sql: "),
      ]);
    }
  });

  it("leaves constraints deferred that are declared so, and no others", async () => {
    place = await makePlace("server");
    const make = `CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (id int CONSTRAINT later REFERENCES a DEFERRABLE INITIALLY DEFERRED, other int CONSTRAINT now REFERENCES a DEFERRABLE);
      SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS now DEFERRED;`;
    const use = "INSERT INTO b VALUES (1, NULL); INSERT INTO a VALUES (1);";
    const fail = "INSERT INTO b VALUES (NULL, 2); INSERT INTO a VALUES (2);";
    writeChains(place, {
      auth: [
        { number: 1, phase: 0, up: make },
        { number: 3, phase: 0, up: use },
        { number: 5, phase: 0, up: fail },
      ],
      specs: [],
    });
    const result = await place.run(["migrate", "--atomic", "--format", "json"]);
    expect(errorOf(result).message).toMatch(/005_m5\.sql:2:1: .*"now"/);
  });
});

describe("a statement timeout (server)", () => {
  /** `--statement-timeout` in milliseconds, the statements, and the exit code. */
  const cases: readonly (readonly [timeout: number, up: string, exitCode: number])[] = [
    [2_000, "SELECT pg_sleep(0.8); SELECT pg_sleep(0.8); SELECT pg_sleep(0.8);", 0],
    [200, "SELECT pg_sleep(0.01); SELECT pg_sleep(600);", 3],
    [1_000, "SET LOCAL statement_timeout = 0; SELECT pg_sleep(1.2);", 0],
    [0, "SET LOCAL statement_timeout = '100ms'; SELECT pg_sleep(600);", 3],
    [
      0,
      "SELECT set_config('statement_timeout', '100ms', true); DO $$ BEGIN PERFORM pg_sleep(600); END $$;",
      3,
    ],
    [1_000, "SET statement_timeout = '0'; SELECT pg_sleep(1.2); RESET statement_timeout; SELECT 1;", 0],
  ];
  it.each(cases)("of %i ms bounds each statement: %s", async (timeout, up, exitCode) => {
    place = await makePlace("server");
    writeChains(place, { auth: [{ number: 1, phase: 0, up }, table(3, 0)], specs: [] });
    for (const mode of [[], ["--atomic"]]) {
      const result = await place.run([
        "migrate",
        "--statement-timeout",
        `${timeout}ms`,
        ...mode,
        "--to",
        "1",
      ]);
      expect([mode, result.exitCode]).toEqual([mode, exitCode]);
      if (exitCode === 0) break;
    }
  });
});

describe.each(sampledEngines("server"))("an SQLSTATE of a migration's own on the %s engine", (engine) => {
  it.each(["SD001", "SD002", "SD003", "SD004", "55P03", "P0001"])(
    "%s is an error like any other",
    async (code) => {
      place = await makePlace(engine);
      const up = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'stock is below zero', HINT = 'done'; END $$;`;
      writeChains(place, { auth: [table(1, 0), { number: 3, phase: 0, up }], specs: [] });
      const result = await place.run(["migrate", "--retries", "1", "--format", "json"]);
      expect([result.exitCode, errorOf(result).message]).toEqual([
        3,
        expect.stringContaining("stock is below zero"),
      ]);
      expect(await ledgers(place)).toMatchObject({ auth: [1] });
    },
  );
});

it("a migration without a transaction starts with a fresh session, and leaves a fresh one", async () => {
  place = await makePlace("server");
  const lone = (number: number, up: string): Written => ({ number, phase: 0, up, noTransaction: true });
  writeChains(place, {
    auth: [
      {
        number: 1,
        phase: 0,
        up: "CREATE TABLE t1 (id int); CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';",
      },
      { number: 2, phase: 0, up: "SET search_path = nowhere; SET default_transaction_read_only = on;" },
      lone(3, "CREATE INDEX CONCURRENTLY i3 ON t1 (id);"),
      lone(4, "SET search_path = nowhere;"),
      lone(5, "CALL p();"),
      table(6, 0),
    ],
    specs: [],
  });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  expect(await tables(place, "auth")).toEqual(["t1", "t6"]);
});

it("dates are read whatever format the database has (fault 14)", async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0)] });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  for (const style of ["German", "SQL, DMY", "Postgres, MDY", "SQL, MDY"]) {
    await place.query(
      "auth",
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = %L', current_database(), '${style}'); END $$`,
    );
    const { stdout } = await place.run(["status", "--format", "json"]);
    expect(JSON.parse(stdout).databases.auth.migrations[0].appliedAt).toMatch(/^20\d\d-\d\d-\d\dT/);
    const ledger = await place.run(["verify", "ledger"]);
    expect([style, ledger.exitCode, ledger.stderr]).toEqual([style, 0, ""]);
  }
  writeFileSync(
    path.join(place.folder, "auth", "003_m3.sql"),
    "-- socrates-db: phase 0\nCREATE TABLE t3 ();\n",
  );
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
});
