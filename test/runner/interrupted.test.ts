import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import {
  closeGate,
  errorOf,
  history,
  ledgers,
  openRival,
  start,
  table,
  tables,
  until,
  type Written,
  waitAtGate,
  writeChains,
} from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

const lone = (up: string, down?: string): Written => ({
  number: 2,
  phase: 0,
  up,
  noTransaction: true,
  ...(down !== undefined && { down }),
});

/** Leaves the ledger like a runner that was killed while its statement ran. */
async function begin(number = 2): Promise<void> {
  await place.query(
    "auth",
    `INSERT INTO socrates_db.history (action, number, name, checksum, tool_version) VALUES ('start', ${number}, 'm${number}', '', '0')`,
  );
}

async function stateOf(number = 2): Promise<string> {
  const { stdout } = await place.run(["status", "--format", "json"]);
  const found: { number: number; state: string }[] = JSON.parse(stdout).databases.auth.migrations;
  return found.find((migration) => migration.number === number)?.state ?? "absent";
}

const base = `CREATE TABLE t1 (id int); CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE log (id int);
CREATE PROCEDURE pay() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM pg_sleep(0.01); END $$;
CREATE TABLE parted (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
CREATE INDEX old ON t1 (id);`;

/** A statement, its effect when it was killed, and the outcome of the next run. */
const cases: readonly (readonly [
  statement: string,
  effect: string,
  outcome: "done" | "undone" | "unknown",
])[] = [
  ["CREATE INDEX CONCURRENTLY i ON t1 (id);", "CREATE INDEX i ON t1 (id)", "done"],
  ["CREATE INDEX CONCURRENTLY i ON t1 (id);", "", "undone"],
  [
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t1 (id);",
    "CREATE INDEX i ON t1 (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
    "undone",
  ],
  ["CREATE INDEX CONCURRENTLY ON t1 (id);", "", "undone"],
  ["CREATE INDEX CONCURRENTLY ON t1 (id);", "CREATE INDEX ON t1 (id)", "unknown"],
  ["DROP INDEX CONCURRENTLY old;", "DROP INDEX old", "done"],
  ["DROP INDEX CONCURRENTLY IF EXISTS public.old;", "", "undone"],
  ["ALTER TYPE mood ADD VALUE 'it''s fine';", "ALTER TYPE mood ADD VALUE 'it''s fine'", "done"],
  ["ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'glad' BEFORE 'sad';", "", "undone"],
  [
    "ALTER TABLE parted DETACH PARTITION part CONCURRENTLY;",
    "ALTER TABLE parted DETACH PARTITION part",
    "done",
  ],
  ["ALTER TABLE parted DETACH PARTITION part CONCURRENTLY;", "", "undone"],
  ["VACUUM t1;", "", "undone"],
  ["REINDEX TABLE CONCURRENTLY t1;", "", "undone"],
  ["CALL pay();", "INSERT INTO log VALUES (1)", "unknown"],
  ["DO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; END $$;", "INSERT INTO log VALUES (1)", "unknown"],
];

/** Statements that one of the engines cannot run: it has a single session. */
const serverOnly = /CONCURRENTLY|VACUUM/;

describe.each(sampledEngines("server"))(
  "a statement that was interrupted on the %s engine (fault 41)",
  (engine) => {
    it.each(cases.filter(([statement]) => engine === "server" || !serverOnly.test(statement)))(
      "%s after %j: %s",
      async (statement, effect, outcome) => {
        place = await makePlace(engine);
        writeChains(place, {
          auth: [{ number: 1, phase: 0, up: base }, lone(statement), table(3, 0)],
          specs: [],
        });
        expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
        await begin();
        if (effect !== "") await place.query("auth", effect);
        expect(await stateOf()).toBe("interrupted");
        expect((await place.run(["status", "--check"])).exitCode).toBe(1);
        const next = await place.run(["migrate", "--format", "json"]);
        if (outcome === "unknown") {
          expect([next.exitCode, errorOf(next).code]).toEqual([3, "migration-interrupted"]);
          expect(errorOf(next).hint).toMatch(/--confirm 002=done .*--confirm 002=undone/);
          expect(await ledgers(place)).toMatchObject({ auth: [1] });
          expect(await history(place, "auth")).toEqual(["apply 1", "start 2"]);
          return;
        }
        expect(next).toMatchObject({ exitCode: 0 });
        expect(await ledgers(place)).toMatchObject({ auth: [1, 2, 3] });
        const between = outcome === "done" ? [] : ["fail 2", "start 2"];
        expect(await history(place, "auth")).toEqual([
          "apply 1",
          "start 2",
          ...between,
          "apply 2",
          "apply 3",
        ]);
      },
    );

    it.each([
      ["done", 1, ["apply 2"]],
      ["undone", 2, ["fail 2", "start 2", "apply 2"]],
    ])("is settled by --confirm 002=%s", async (outcome, rows, added) => {
      place = await makePlace(engine);
      writeChains(place, {
        auth: [{ number: 1, phase: 0, up: base }, lone("CALL pay();"), table(3, 0)],
        specs: [],
      });
      expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
      await begin();
      await place.query("auth", "INSERT INTO log VALUES (1)");
      expect(await place.run(["migrate", "--confirm", `002=${outcome}`])).toMatchObject({ exitCode: 0 });
      expect(await place.query("auth", "SELECT FROM log")).toHaveLength(rows);
      expect(await history(place, "auth")).toEqual(["apply 1", "start 2", ...added, "apply 3"]);
      expect(await stateOf()).toBe("applied");
    });

    it.each([
      ["002=maybe", "usage", /is not NNN=done/],
      ["=done", "usage", /is not NNN=done/],
      ["000=done", "usage", /is not NNN=done/],
      ["003=done", "usage", /migration 003: it is not interrupted/],
      ["2=done --dry-run", "usage", /exclude each other/],
    ])("refuses --confirm %s", async (text, code, message) => {
      place = await makePlace(engine);
      writeChains(place, {
        auth: [{ number: 1, phase: 0, up: base }, lone("CALL pay();"), table(3, 0)],
        specs: [],
      });
      expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
      await begin();
      const refused = await place.run(["migrate", "--confirm", ...text.split(" "), "--format", "json"]);
      expect([refused.exitCode, errorOf(refused).code]).toEqual([2, code]);
      expect(errorOf(refused).message).toMatch(message);
      expect(await ledgers(place)).toMatchObject({ auth: [1] });
    });

    it("is also settled in a rollback", async () => {
      place = await makePlace(engine);
      const made = lone("CALL pay();", "CALL pay();");
      writeChains(place, { auth: [{ number: 1, phase: 0, up: base }, made], specs: [] });
      expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
      await begin();
      expect(await stateOf()).toBe("interrupted");
      for (const args of [["migrate"], ["rollback", "--steps", "1"]]) {
        const refused = await place.run([...args, "--format", "json"]);
        expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "migration-interrupted"]);
      }
      expect(await place.run(["migrate", "--confirm", "2=undone"])).toMatchObject({ exitCode: 0 });
      expect(await history(place, "auth")).toEqual(["apply 1", "start 2", "apply 2", "start 2", "fail 2"]);
      expect(await stateOf()).toBe("applied");
    });

    it("fails after a part was committed, and is not run again", async () => {
      place = await makePlace(engine);
      const half = "DO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM 1 / 0; END $$;";
      writeChains(place, { auth: [{ number: 1, phase: 0, up: base }, lone(half)], specs: [] });
      for (const text of [/division by zero/, /was started and did not finish/]) {
        const failed = await place.run(["migrate", "--format", "json"]);
        expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "migration-interrupted"]);
        expect(errorOf(failed).message).toMatch(text);
      }
      expect(await place.query("auth", "SELECT FROM log")).toHaveLength(1);
    });
  },
);

describe("a runner that is killed in a statement outside transactions (fault 1)", () => {
  it("has paid once", async () => {
    place = await makePlace("server");
    const pay = `CREATE TABLE log (id int);
      CREATE PROCEDURE pay() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM pg_sleep(600); END $$;`;
    writeChains(place, { auth: [{ number: 1, phase: 0, up: pay }, lone("CALL pay();")], specs: [] });
    const rival = openRival(place, "auth");
    try {
      const { child, result } = start(place, ["migrate"]);
      await rival.untilAsleep();
      // Another session is working on it.
      expect(await stateOf()).toBe("pending");
      child.kill("SIGKILL");
      await result;
      await rival.terminate("active");
      await rival.untilAlone();
      expect(await stateOf()).toBe("interrupted");
      const next = await place.run(["migrate", "--format", "json"]);
      expect([next.exitCode, errorOf(next).code]).toEqual([3, "migration-interrupted"]);
      expect(await rival.run("SELECT FROM log")).toHaveLength(1);
    } finally {
      await rival.close();
    }
  });

  it("does not repeat a CALL after a lock timeout", async () => {
    place = await makePlace("server");
    const pay = `CREATE TABLE log (id int); CREATE TABLE busy ();
      CREATE PROCEDURE pay() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; LOCK TABLE busy; END $$;`;
    writeChains(place, { auth: [{ number: 1, phase: 0, up: pay }, lone("CALL pay();")], specs: [] });
    expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
    const rival = openRival(place, "auth");
    try {
      await rival.run("BEGIN; LOCK TABLE busy");
      const failed = await place.run([
        "migrate",
        "--lock-wait",
        "200ms",
        "--retries",
        "5",
        "--format",
        "json",
      ]);
      expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "migration-interrupted"]);
      await rival.run("COMMIT");
      expect(await rival.run("SELECT FROM log")).toHaveLength(1);
    } finally {
      await rival.close();
    }
  });

  it("records what is done as soon as it can: the ledger was locked", async () => {
    place = await makePlace("server");
    writeChains(place, {
      auth: [table(1, 0), lone(waitAtGate)],
      specs: [],
    });
    expect(await place.run(["migrate", "--to", "1"])).toMatchObject({ exitCode: 0 });
    const [keeper, rival] = [openRival(place, "auth"), openRival(place, "auth")];
    try {
      await closeGate(keeper);
      const running = start(place, ["migrate", "--lock-timeout", "100ms", "--retries", "50"]);
      await keeper.untilAtGate();
      await rival.run("BEGIN; LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE");
      await keeper.run("COMMIT");
      await running.says("; retrying (1 of 50)");
      await rival.run("COMMIT");
      expect(await running.result).toMatchObject({ exitCode: 0 });
      expect(await history(place, "auth")).toEqual(["apply 1", "start 2", "apply 2"]);
      await until("the tables are there", async () => (await tables(place, "auth")).includes("t1"));
    } finally {
      await Promise.all([keeper.close(), rival.close()]);
    }
  });
});
