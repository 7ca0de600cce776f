import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { table, tables, writeChains } from "../runner/helpers.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import { expectAgreement, expectRecovery, expectRefused, tableChains } from "./support/invariants.ts";
import { mostEngines } from "./support/machine.ts";

let place: Place;
afterEach(() => place.dispose());

const chains = {
  auth: [table(1, 0), table(3, 1), table(6, 2), table(8, 3)],
  specs: [table(2, 0), table(4, 1)],
};
const truth = tableChains(chains);

/** Everything up to phase 2 is applied, 008 is pending; the number 005 is free. */
async function prepare(engine: Place["engine"] = "server"): Promise<void> {
  place = await makePlace(engine);
  writeChains(place, chains);
  expect((await place.run(["migrate", "--phase", "2"])).exitCode).toBe(0);
}

const forged = (number: number, name: string, checksum: string) =>
  `INSERT INTO socrates_db.migrations VALUES (${number}, '${name}', 1, '${checksum}', now(), 1, 'x', 'x')`;

describe("a ledger that was changed by hand (fault 24)", () => {
  it.each([
    [
      "a row in the middle is missing",
      "DELETE FROM socrates_db.migrations WHERE number = 3",
      "chain-invalid",
      "003_m3",
    ],
    [
      "the last row is missing",
      "DELETE FROM socrates_db.migrations WHERE number = 6",
      "migration-failed",
      "006_m6.sql",
    ],
    ["all rows are missing", "DELETE FROM socrates_db.migrations", "migration-failed", "001_m1.sql"],
    ["a row of no file", forged(4, "nothing", "0"), "chain-invalid", "004_nothing"],
    ["a row of a later file, with another text", forged(8, "m8", "0"), "chain-invalid", "008_m8"],
    [
      "two rows changed places",
      "UPDATE socrates_db.migrations SET number = CASE number WHEN 1 THEN -3 ELSE -1 END WHERE number IN (1, 3); UPDATE socrates_db.migrations SET number = -number WHERE number < 0",
      "chain-invalid",
      "001_m1",
    ],
    [
      "a checksum",
      "UPDATE socrates_db.migrations SET checksum = 'x' WHERE number = 1",
      "chain-invalid",
      "001_m1",
    ],
    ["whose chain it is", "UPDATE socrates_db.chain SET name = 'specs'", "wrong-chain", "specs chain"],
    ["a table of it", "DROP TABLE socrates_db.chain", "ledger-invalid", "socrates_db"],
    [
      "a column of it",
      "ALTER TABLE socrates_db.migrations DROP COLUMN checksum",
      "ledger-invalid",
      "checksum",
    ],
  ])("%s: is refused by name", async (_, sql, code, named) => {
    await prepare();
    await place.query("auth", sql);
    const refused = await expectRefused(place);
    expect([refused.code, refused.text]).toEqual([code, expect.stringContaining(named)]);
  });
});

describe.each(mostEngines)("applied files on the %s engine (fault 21)", (engine) => {
  const file = (number: number) => path.join(place.folder, "auth", `00${number}_m${number}.sql`);

  it.each<[what: string, change: () => void, code: string, named: string]>([
    ["edited", () => appendFileSync(file(3), "-- more\n"), "chain-invalid", "003_m3 was edited"],
    [
      "deleted",
      () => {
        rmSync(file(3));
        rmSync(file(3).replace(".sql", ".down.sql"));
      },
      "chain-invalid",
      "003_m3 was applied, but has no file",
    ],
    [
      "renamed",
      () => {
        renameSync(file(3), file(3).replace("m3", "other"));
        rmSync(file(3).replace(".sql", ".down.sql"));
      },
      "chain-invalid",
      "was applied as 003_m3",
    ],
    [
      "duplicated",
      () => copyFileSync(file(3), file(3).replace("m3", "again")),
      "file-invalid",
      "two migrations have the number 003",
    ],
    [
      "one inserted before the head",
      () =>
        writeFileSync(path.join(place.folder, "auth/005_late.sql"), "-- socrates-db: phase 1\nSELECT 1;\n"),
      "chain-invalid",
      "005_late is numbered below the last applied migration",
    ],
  ])("%s: refused by name", async (_, change, code, named) => {
    await prepare(engine);
    change();
    const refused = await expectRefused(place);
    expect([refused.code, refused.text]).toEqual([code, expect.stringContaining(named)]);
  });

  it("with other line endings and a byte order mark are the same (fault 22)", async () => {
    await prepare(engine);
    for (const number of [1, 3, 6]) {
      const text = readFileSync(file(number), "utf8");
      writeFileSync(file(number), `\ufeff${text.replaceAll("\n", "\r\n")}`);
    }
    await expectRecovery(place, truth);
  });
});

const clock = pathToFileURL(path.resolve(import.meta.dirname, "support/clock.mjs")).href;

describe("the clock ten years back (fault 25)", () => {
  it.each(engines)("does not change the order (%s)", async (engine) => {
    await prepare(engine);
    // On a server the clock is the server's: existing rows were written ten years later.
    if (engine === "server")
      await place.query(
        "auth",
        "UPDATE socrates_db.migrations SET applied_at = applied_at + interval '10 years'",
      );
    const env = { NODE_OPTIONS: `--import ${clock}` };
    expect(await place.run(["migrate"], { env, spawn: true })).toMatchObject({ exitCode: 0 });
    expect(await expectAgreement(place, truth)).toEqual(truth.whole);
    const [row] = await place.query<{ back: boolean }>(
      "auth",
      "SELECT max(applied_at) FILTER (WHERE number = 8) < min(applied_at) FILTER (WHERE number < 8) AS back FROM socrates_db.migrations",
    );
    expect(row?.back).toBe(true);
    expect((await place.run(["rollback", "--steps", "1"], { env, spawn: true })).exitCode).toBe(0);
    expect(await tables(place, "auth")).toEqual(["t1", "t3", "t6"]);
    await expectAgreement(place, truth);
  });
});
