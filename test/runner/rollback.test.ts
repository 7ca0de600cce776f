import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import {
  errorOf,
  history,
  keys,
  ledgers,
  migrateAll,
  openRival,
  reachable,
  start,
  table,
  tables,
  writeChains,
  writeMigration,
} from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

const auth = [table(1, 0), table(3, 1), table(5, 2), table(6, 2)];
const specs = [table(2, 0), table(4, 1), table(7, 2)];
const whole = { auth: [1, 3, 5, 6], specs: [2, 4, 7] };

async function migrated(engine: Place["engine"]): Promise<void> {
  place = await makePlace(engine);
  writeChains(place, { auth, specs });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
}

/** Numbers in the order in which a run reports rolling them back. */
function undone({ stderr }: CliResult): number[] {
  return [...stderr.matchAll(/rolled back (\d+)/g)].map(([, number]) => Number(number));
}

async function listing(database: string): Promise<unknown> {
  const query = readFileSync(path.resolve(import.meta.dirname, "../fixtures/schema-listing.sql"), "utf8");
  return place.query(database, query);
}

describe.each(sampledEngines("server"))("rollback on the %s engine", (engine) => {
  it("rolls back everything above a phase, and migrating again gives the same schema", async () => {
    place = await makePlace(engine, { migrated: true });
    const before = [await listing("auth"), await listing("specs")];
    expect(await place.run(["rollback", "--phase", "2"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 4], specs: [2, 3, 5] });
    expect(await place.run(migrateAll(engine))).toMatchObject({ exitCode: 0 });
    expect([await listing("auth"), await listing("specs")]).toEqual(before);
    expect(await ledgers(place)).toEqual(reachable(engine));
  });

  it("refuses to lose rows, says how many, and changes nothing", async () => {
    await migrated(engine);
    await place.query("auth", "INSERT INTO t3 VALUES (1), (2)");
    await place.query("specs", "INSERT INTO t4 VALUES (1)");
    const refused = await place.run(["rollback", "--phase", "0", "--format", "json"]);
    expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "data-loss"]);
    expect(errorOf(refused).message).toBe(
      "this would lose 3 rows: public.t3 2 (003, auth), public.t4 1 (004, specs)",
    );
    expect(await ledgers(place)).toEqual(whole);
    expect(await place.run(["rollback", "--phase", "0", "--allow-data-loss"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
  });
});

describe("rollback", () => {
  it("rolls back everything with --to 0, the latest phase first", async () => {
    await migrated("server");
    const result = await place.run(["rollback", "--to", "0"]);
    expect(result).toMatchObject({ exitCode: 0 });
    const order = undone(result);
    expect(order.filter((number) => whole.auth.includes(number))).toEqual([6, 5, 3, 1]);
    expect([order.slice(0, 3), order.slice(3, 5), order.slice(5)].map((phase) => phase.sort())).toEqual([
      [5, 6, 7],
      [3, 4],
      [1, 2],
    ]);
    expect(await ledgers(place)).toEqual({ auth: [], specs: [] });
    expect([await tables(place, "auth"), await tables(place, "specs")]).toEqual([[], []]);
  });

  it("rolls back everything above a number, and the last few", async () => {
    await migrated("server");
    expect(undone(await place.run(["rollback", "--steps", "2"])).sort()).toEqual([6, 7]);
    expect(await ledgers(place)).toEqual({ auth: [1, 3, 5], specs: [2, 4] });
    expect((await place.run(["rollback", "--to", "3"])).exitCode).toBe(0);
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
    expect(await history(place, "specs")).toEqual([
      "apply 2",
      "apply 4",
      "apply 7",
      "rollback 7",
      "rollback 4",
    ]);
  });

  it("counts the values of a column that it would drop, and not those that are null", async () => {
    place = await makePlace("server");
    const column = {
      number: 3,
      phase: 1,
      up: "ALTER TABLE t1 ADD COLUMN x int;",
      down: "ALTER TABLE t1 DROP COLUMN x;",
    };
    writeChains(place, { auth: [table(1, 0), column], specs: [table(2, 0)] });
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    await place.query("auth", "INSERT INTO t1 (id, x) VALUES (1, 1), (2, NULL)");
    const refused = await place.run(["rollback", "--phase", "0", "--format", "json"]);
    expect(errorOf(refused).message).toBe("this would lose 1 row: public.t1.x 1 (003, auth)");
    await place.query("auth", "UPDATE t1 SET x = NULL");
    expect(await place.run(["rollback", "--phase", "0"])).toMatchObject({ exitCode: 0 });
  });

  it("rolls back nothing when one of the files fails", async () => {
    await migrated("server");
    writeMigration(place, "specs", { ...table(4, 1), down: "DROP TABLE t4; SELECT 1 / 0;" });
    const failed = await place.run(["rollback", "--to", "0", "--format", "json"]);
    expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "migration-failed"]);
    expect(await ledgers(place)).toEqual(whole);
    // It is also rehearsed with `--allow-data-loss`.
    const stopped = await place.run(["rollback", "--to", "0", "--allow-data-loss"]);
    expect(stopped.exitCode).toBe(3);
    expect(await ledgers(place)).toEqual(whole);
    expect(await tables(place, "specs")).toEqual(["t2", "t4", "t7"]);
  });

  it("rolls back nothing when one of the files is missing", async () => {
    await migrated("server");
    rmSync(path.join(place.folder, "auth", "003_m3.down.sql"));
    const failed = await place.run(["rollback", "--to", "0", "--format", "json"]);
    expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "file-invalid"]);
    expect(errorOf(failed).message).toContain("003_m3.sql has no down file");
    expect(await ledgers(place)).toEqual(whole);
  });

  it("keeps rows that come after it has counted them", async () => {
    await migrated("server");
    const rival = openRival(place, "auth");
    try {
      // The rehearsal does not write to the history, so this stops the run right after it.
      await rival.run("BEGIN; LOCK TABLE socrates_db.history IN SHARE MODE");
      const { result } = start(place, ["rollback", "--to", "0", "--format", "json"]);
      await rival.untilBlockedOn("socrates_db.history");
      await rival.run("INSERT INTO t3 VALUES (1); COMMIT");
      const ended = await result;
      expect([ended.exitCode, errorOf(ended).code]).toEqual([3, "data-loss"]);
      expect(errorOf(ended).message).toContain("public.t3 holds rows");
    } finally {
      await rival.close();
    }
    expect((await ledgers(place))["auth"]).toEqual([1, 3]);
    expect(await place.query("auth", "SELECT id FROM t3")).toEqual([{ id: 1 }]);
  });

  it("also waits for a lock in its rehearsal", async () => {
    await migrated("server");
    const rival = openRival(place, "auth");
    try {
      await rival.run("BEGIN; LOCK TABLE t3 IN ACCESS SHARE MODE");
      const { result, says } = start(place, [
        ...["rollback", "--phase", "0", "--lock-timeout", "100ms", "--retries", "50"],
      ]);
      await says("; retrying (1 of 50)");
      await rival.run("COMMIT");
      expect(await result).toMatchObject({ exitCode: 0 });
    } finally {
      await rival.close();
    }
  });
});

it.each([
  "UPDATE socrates_db.history SET number = 9",
  "DELETE FROM socrates_db.history",
  "TRUNCATE socrates_db.history",
])("refuses to change the history: %s", async (sql) => {
  place = await makePlace("server", { migrated: true });
  for (const key of keys)
    await expect(place.query(key, sql)).rejects.toThrow("socrates_db.history is append-only");
});
