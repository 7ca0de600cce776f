import { afterEach, expect, it } from "vitest";
import { guardSql, verdictOf } from "../../src/runner/script-sql.ts";
import { makePlace, type Place } from "../support/place.ts";
import { closeGate, errorOf, openRival, start, table, tables, waitAtGate, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

it("the guard recognises a done migration by its row, whatever the head", async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), table(3, 0)], specs: [] });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  const guard = { chain: "auth", lock: false, applied: false };
  const verdict = async (head: number, number: number) =>
    verdictOf(
      await place.query("auth", guardSql({ ...guard, head, number })).catch((error: unknown) => error),
    );
  // An overtaken runner: its last read ledger is beyond its next migration.
  expect(await verdict(3, 3)).toBe("done");
  expect(await verdict(3, 1)).toBe("done");
  expect(await verdict(1, 5)).toBe("moved");
  await expect(place.query("auth", guardSql({ ...guard, head: 3, number: 5 }))).resolves.toEqual([]);
});

const [ahead, behind] = [
  "INSERT INTO socrates_db.migrations SELECT 9, name, phase, checksum, applied_at, 1, applied_by, tool_version FROM socrates_db.migrations WHERE number = 1",
  "DELETE FROM socrates_db.migrations WHERE number = 3",
];

it.each<[what: string, change: string, verdict: string | undefined]>([
  ["its own chain", "", undefined],
  ["the chain of another database", "UPDATE socrates_db.chain SET name = 'specs'", "moved"],
  ["a chain whose name begins like it", "UPDATE socrates_db.chain SET name = 'auth2'", "moved"],
  ["a chain in other letters", "UPDATE socrates_db.chain SET name = 'AUTH'", "moved"],
  ["no chain", "DELETE FROM socrates_db.chain", "moved"],
  ["a ledger that is ahead", ahead, "moved"],
  ["a ledger that is behind", behind, "moved"],
])("the guard of a migration meets %s", async (_, change, verdict) => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), table(3, 0)], specs: [] });
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  await place.query("auth", change);
  const guard = guardSql({ chain: "auth", lock: false, applied: false, head: 3, number: 5 });
  const met = await place.query("auth", guard).then(
    () => undefined,
    (error: unknown) => verdictOf(error),
  );
  expect(met).toBe(verdict);
});

it("a database whose chain changes during a run gets no further migration", async () => {
  place = await makePlace("server");
  const gate = { ...table(1, 0), up: `CREATE TABLE t1 (id int); ${waitAtGate}` };
  writeChains(place, { auth: [gate, table(3, 0)], specs: [table(2, 0)] });
  const rival = openRival(place, "auth");
  try {
    await closeGate(rival);
    const running = start(place, ["migrate", "--format", "json"]);
    await rival.untilAtGate();
    await rival.run("UPDATE socrates_db.chain SET name = 'specs'; COMMIT");
    const result = await running.result;
    expect([result.exitCode, errorOf(result).code]).toEqual([3, "lock-lost"]);
    expect(await tables(place, "auth")).toEqual(["t1"]);
  } finally {
    await rival.close();
  }
});
