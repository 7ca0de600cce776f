import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { errorOf, openRival, type Rival, start, table, writeChains } from "./helpers.ts";

let place: Place;
let rival: Rival | undefined;
afterEach(async () => {
  await rival?.close();
  rival = undefined;
  await place.dispose();
});

/** Chains whose second phase is one statement of a test. */
function chainsWith(up: string, extra: { noTransaction?: boolean; down?: string } = {}) {
  return { auth: [table(1, 0), { number: 3, phase: 1, up, ...extra }], specs: [table(2, 0)] };
}

describe.each(sampledEngines("server"))("the server's messages about a migration on %s", (engine) => {
  it.each([
    ["a notice", "DROP TABLE IF EXISTS absent;", 'NOTICE: table "absent" does not exist, skipping'],
    ["a warning", "DO $$ BEGIN RAISE WARNING 'rows are left'; END $$;", "WARNING: rows are left"],
    [
      "its detail",
      "CREATE VIEW v AS SELECT id FROM t1; DO $$ BEGIN RAISE NOTICE 'dropping' USING DETAIL = E'one\\ntwo'; END $$;",
      "NOTICE: dropping (one; two)",
    ],
    [
      "one below its own level",
      "SET LOCAL client_min_messages = error; DROP VIEW IF EXISTS absent;",
      "skipping",
    ],
  ])("is shown with its file: %s", async (_, up, says) => {
    place = await makePlace(engine);
    writeChains(place, chainsWith(up));
    const { exitCode, stdout, stderr } = await place.run(["migrate"]);
    expect(exitCode).toBe(0);
    const lines = stderr.split("\n").filter((line) => line.includes("auth/003_m3.sql: "));
    expect(lines).toEqual([expect.stringMatching(/^auth {3}auth\/003_m3\.sql: /)]);
    expect(lines[0]).toContain(says);
    expect(stdout).not.toContain(says);
  });

  it("is shown for a file outside transactions, for a rollback, and before a failure", async () => {
    place = await makePlace(engine);
    const chains = chainsWith("CREATE INDEX CONCURRENTLY IF NOT EXISTS by_id ON t1 (id);", {
      noTransaction: true,
    });
    writeChains(place, chains);
    await place.run(["migrate", "--phase", "0", "--quiet"]);
    await place.query("auth", "CREATE INDEX by_id ON t1 (id)");
    expect((await place.run(["migrate"])).stderr).toContain(
      'auth/003_m3.sql: NOTICE: relation "by_id" already exists, skipping',
    );
    const failing = "DROP TABLE IF EXISTS absent; SELECT 1/0;";
    writeChains(place, {
      ...chains,
      auth: [
        { ...table(1, 0), down: "DROP TABLE IF EXISTS absent; DROP TABLE t1 CASCADE;" },
        ...chains.auth.slice(1),
        { number: 4, phase: 2, up: failing },
      ],
    });
    const failed = await place.run(["migrate"]);
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toContain('auth/004_m4.sql: NOTICE: table "absent" does not exist, skipping');
  });

  it("is counted with --quiet", async () => {
    place = await makePlace(engine);
    writeChains(place, chainsWith("DROP TABLE IF EXISTS a; DROP TABLE IF EXISTS b;"));
    const { stderr } = await place.run(["migrate", "--quiet"]);
    expect(stderr).toContain("2 notices of the server hidden");
    expect(stderr).not.toContain("skipping");
  });

  it.each([
    ["fails", [], "SELECT 1/0;", [1]],
    ["is atomic and fails", ["--atomic"], "SELECT 1/0;", []],
    ["is refused before it begins", [], "COMMIT;", []],
  ])("a run that %s says what it had applied", async (_, more, up, numbers) => {
    place = await makePlace(engine);
    writeChains(place, chainsWith(up));
    const { exitCode, stdout } = await place.run(["migrate", "--format", "json", ...more]);
    expect(exitCode).toBe(3);
    const {
      applied,
      error,
    }: { applied: { database: string; number: number; durationMs: number }[]; error: object } =
      JSON.parse(stdout);
    expect(error).toMatchObject({ code: expect.any(String) });
    const own = applied.filter(({ database }) => database === "auth");
    expect(own.map(({ number }) => number)).toEqual(numbers);
    for (const entry of own)
      expect(entry).toEqual({
        database: "auth",
        number: 1,
        name: "m1",
        phase: 0,
        durationMs: entry.durationMs,
      });
  });

  it("a refused rollback reports that nothing was rolled back", async () => {
    place = await makePlace(engine);
    writeChains(place, {
      auth: [{ ...table(1, 0), down: "DROP TABLE t1; SELECT 1/0;" }, table(3, 0)],
      specs: [table(2, 0)],
    });
    await place.run(["migrate", "--quiet"]);
    const { exitCode, stdout } = await place.run([
      "rollback",
      "--to",
      "0",
      "--database",
      "auth",
      "--format",
      "json",
    ]);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).rolledBack).toEqual([]);
  });

  it.each([
    [
      "the type of a column of a view",
      "ALTER TABLE price ALTER amount TYPE bigint;",
      /^Drop the views and rules/,
    ],
    [
      "a unique constraint without the partition key",
      "CREATE TABLE ev (at timestamptz, id int UNIQUE) PARTITION BY RANGE (at);",
      /as it is written/,
    ],
    ["another database", "SELECT * FROM otherdb.public.t;", /one database/],
    ["a transaction's mode", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", /has begun already/],
    ["VACUUM", "VACUUM price;", /no-transaction/],
    ["something in no-transaction", "CREATE TABLE x (id int) PARTITION BY RANGE (nope);", /roll|mend|fix/i],
  ])("the hint fits its cause: %s", async (_, statement, hint) => {
    place = await makePlace(engine);
    writeChains(place, {
      auth: [
        {
          number: 1,
          phase: 0,
          up: "CREATE TABLE price (id int, amount int);\nCREATE VIEW cheap AS SELECT amount FROM price;",
        },
        { number: 3, phase: 1, up: statement },
      ],
      specs: [table(2, 0)],
    });
    const failed = await place.run(["migrate", "--format", "json"]);
    expect(failed.exitCode).toBe(3);
    expect(errorOf(failed).hint).toMatch(hint);
    if (!statement.startsWith("VACUUM")) expect(errorOf(failed).hint).not.toContain("no-transaction");
  });
});

describe("a lock timeout names the locked object and the holder", () => {
  it.each([
    ["a table", "ALTER TABLE t1 ADD name text;", "LOCK TABLE t1 IN ACCESS SHARE MODE", "public.t1"],
    ["a row", "UPDATE t1 SET id = 2;", "UPDATE t1 SET id = 3", "public.t1"],
    ["a table with quotes", 'DROP TABLE "my table";', 'SELECT FROM "my table"', 'public."my table"'],
  ])("%s", async (_, up, held, object) => {
    place = await makePlace("server");
    writeChains(place, chainsWith(up));
    await place.run(["migrate", "--phase", "0", "--quiet"]);
    await place.query("auth", 'INSERT INTO t1 VALUES (1); CREATE TABLE "my table" (id int)');
    rival = openRival(place, "auth", "nightly report");
    await rival.run(`BEGIN; ${held}`);
    const [row] = await rival.run("SELECT pg_backend_pid() AS pid, current_user AS name");
    for (const more of [[], ["--atomic"]]) {
      const { result } = start(place, [
        "migrate",
        "--lock-timeout",
        "2s",
        "--retries",
        "0",
        "--format",
        "json",
        ...more,
      ]);
      const failed = await result;
      expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "lock-timeout"]);
      expect(errorOf(failed).message).toContain(
        `; ${object} is locked by pid ${row?.["pid"]} (nightly report, user ${row?.["name"]})`,
      );
    }
    await rival.untilAlone();
  });

  it("a retry is reported", async () => {
    place = await makePlace("server");
    writeChains(place, chainsWith("ALTER TABLE t1 ADD name text;"));
    await place.run(["migrate", "--phase", "0", "--quiet"]);
    rival = openRival(place, "auth", "psql");
    await rival.run("BEGIN; LOCK TABLE t1");
    const { result, says } = start(place, ["migrate", "--lock-timeout", "1s"]);
    await says("public.t1 is locked by pid ");
    await rival.run("COMMIT");
    expect((await result).exitCode).toBe(0);
  });
});
