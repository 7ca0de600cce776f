import { rmSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ledgers, table, writeChains } from "../runner/helpers.ts";
import { type EngineName, makePlace, type Place, sampledEngines } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
afterEach(() => place.dispose());

/** Two chains as applied by a newer version of the project. */
const newer = {
  auth: [table(1, 0), table(3, 1), table(5, 2)],
  specs: [table(2, 0), table(4, 1), table(6, 2)],
};

/** Databases with all of `newer`, and a folder that has since lost some files. */
async function without(engine: EngineName, ...lost: string[]): Promise<void> {
  place = await makePlace(engine);
  writeChains(place, newer);
  expect((await place.run(["migrate"])).exitCode).toBe(0);
  for (const file of lost)
    for (const suffix of [".sql", ".down.sql"]) rmSync(path.join(place.folder, `${file}${suffix}`));
}

async function states(): Promise<Record<string, string[]>> {
  const { stdout } = await place.run(["status", "--format", "json"]);
  const { databases }: { databases: Record<string, { migrations: { number: number; state: string }[] }> } =
    JSON.parse(stdout);
  return Object.fromEntries(
    Object.entries(databases).map(([key, { migrations }]) => [
      key,
      migrations.map(({ number, state }) => `${number} ${state}`),
    ]),
  );
}

describe.each(sampledEngines("server"))("an older version on a newer database, %s (fault 47)", (engine) => {
  it.each<[what: string, lost: string[]]>([
    ["one file of one database", ["specs/006_m6"]],
    ["a phase of both", ["auth/005_m5", "specs/006_m6"]],
    ["two phases of both", ["auth/003_m3", "auth/005_m5", "specs/004_m4", "specs/006_m6"]],
  ])("has nothing to do, says so, and exits 0: %s", async (_, lost) => {
    await without(engine, ...lost);
    const before = await ledgers(place);
    const { exitCode, stdout } = await place.run(["migrate", "--format", "json"]);
    expect({ exitCode, outcome: JSON.parse(stdout).outcome }).toEqual({ exitCode: 0, outcome: "ahead" });
    expect((await place.run(["migrate", "--atomic"])).stdout).toContain("ahead of these files by");
    expect(await ledgers(place)).toEqual(before);
    const found = Object.values(await states()).flat();
    expect(found.filter((state) => state.endsWith(" ahead"))).toHaveLength(lost.length);
    expect(found.filter((state) => state.endsWith(" missing"))).toEqual([]);
    expect((await place.run(["status"])).exitCode).toBe(0);
    expect((await place.run(["status", "--check"])).exitCode).toBe(1);
  });
});

describe("what is not ahead", () => {
  it("a number that is not above all known files was deleted", async () => {
    // 005 is the last of its chain, but 006 of the other one exists.
    await without("embedded", "auth/005_m5");
    expect((await states())["auth"]).toEqual(["1 applied", "3 applied", "5 missing"]);
    const { code, text } = await refusal(place, ["migrate"]);
    expect(code).toBe("chain-invalid");
    expect(text).toContain("005_m5 was applied, but has no file");
  });
  it("a hole among known files was also deleted", async () => {
    await without("embedded", "auth/001_m1");
    expect((await refusal(place, ["migrate"])).text).toContain("001_m1 was applied, but has no file");
  });
});

describe("an older version with its own pending migrations is refused (fault 47)", () => {
  it("if its file is below the applied ones", async () => {
    await without("embedded", "specs/006_m6");
    writeChains(place, { auth: [table(5, 2)], specs: [{ ...table(5, 1), number: 5 }] });
    rmSync(path.join(place.folder, "auth/005_m5.sql"));
    rmSync(path.join(place.folder, "auth/005_m5.down.sql"));
    await place.query("auth", "DELETE FROM socrates_db.migrations WHERE number = 5");
    const { code, text } = await refusal(place, ["migrate"]);
    expect(code).toBe("chain-invalid");
    expect(text.replace(/\S*specs is/, "<specs> is")).toMatchInlineSnapshot(`
      "error: <specs> is ahead of these files: 006_m6 was applied by a newer version of this project, but 005_m5 is not applied
      hint: Update this checkout to the version that has its file."
    `);
  });
  it("if it is pending in the other database", async () => {
    await without("embedded", "specs/006_m6");
    await place.query("auth", "DELETE FROM socrates_db.migrations WHERE number = 5; DROP TABLE t5");
    const before = await ledgers(place);
    for (const args of [["migrate"], ["migrate", "--atomic"], ["migrate", "--dry-run"]]) {
      const { code, text } = await refusal(place, args);
      expect(code).toBe("chain-invalid");
      expect(text).toContain(
        "006_m6 was applied by a newer version of this project, but 005_m5 of auth is pending",
      );
    }
    expect(await ledgers(place)).toEqual(before);
  });
  it("to roll back", async () => {
    await without("embedded", "specs/006_m6");
    for (const args of [
      ["rollback", "--phase", "0"],
      ["rollback", "--steps", "1", "--dry-run"],
    ])
      expect((await refusal(place, args)).text).toContain("so its down file is not known here");
  });
});

it("doctor and verify ledger list what a newer version has applied", async () => {
  await without("embedded", "specs/006_m6");
  const doctor = await place.run(["doctor"]);
  expect(doctor.exitCode).toBe(0);
  expect(doctor.stdout).toContain("chain specs, 2 of 2 migrations applied, and 006_m6 by a newer version");
  const { exitCode, stdout } = await place.run(["verify", "ledger", "--format", "json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).findings).toMatchObject([{ code: "ahead", database: "specs" }]);
});
