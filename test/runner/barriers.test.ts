import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import {
  errorOf,
  ledgers,
  openRival,
  start,
  table,
  tables,
  type Written,
  writeChains,
  writeMigration,
} from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

const broken: Written = { number: 6, phase: 1, up: "CREATE TABLE t6 (id int); SELECT 1 / 0;" };
const chains = {
  auth: [table(1, 0), table(3, 1), table(5, 1), table(7, 2)],
  specs: [table(2, 0), table(4, 1), broken, table(8, 2)],
};

describe.each(sampledEngines("server"))("two chains on the %s engine", (engine) => {
  it("stop together at the end of the phase in which one fails, and continue when it is fixed (fault 17)", async () => {
    place = await makePlace(engine);
    writeChains(place, chains);
    const failed = await place.run(["migrate", "--format", "json"]);
    expect([failed.exitCode, errorOf(failed).code]).toEqual([3, "migration-failed"]);
    expect(failed.stderr).toContain("specs  failed");
    expect(await ledgers(place)).toEqual({ auth: [1, 3, 5], specs: [2, 4] });
    expect(await tables(place, "auth")).toEqual(["t1", "t3", "t5"]);
    expect(await tables(place, "specs")).toEqual(["t2", "t4"]);
    writeMigration(place, "specs", table(6, 1));
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3, 5, 7], specs: [2, 4, 6, 8] });
  });

  it("go up to a number, and one alone if only it is named", async () => {
    place = await makePlace(engine);
    writeChains(place, { ...chains, specs: [table(2, 0), table(4, 1), table(6, 1), table(8, 2)] });
    expect(await place.run(["migrate", "--to", "4"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2, 4] });
    expect(await place.run(["migrate", "--database", "auth"])).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3, 5, 7], specs: [2, 4] });
  });
});

it("changes nothing on one database when the other cannot be reached (fault 17)", async () => {
  place = await makePlace("server");
  writeChains(place, chains);
  const nowhere = new URL(place.env["DATABASE_URL_SPECS"] ?? "");
  nowhere.port = "1";
  const env = { DATABASE_URL_SPECS: nowhere.toString() };
  const result = await place.run(["migrate", "--format", "json"], { env });
  expect([result.exitCode, errorOf(result).code]).toEqual([2, "connection-failed"]);
  expect(await tables(place, "auth")).toEqual([]);
  expect(await place.query("auth", "SELECT FROM pg_namespace WHERE nspname = 'socrates_db'")).toHaveLength(0);
});

it("reports the failures of both databases when both fail in one phase", async () => {
  place = await makePlace("server");
  const wrong = (number: number) => ({ number, phase: 0, up: `SELECT wrong${number};` });
  writeChains(place, { auth: [wrong(1)], specs: [wrong(2)] });
  const result = await place.run(["migrate", "--format", "json"]);
  expect(result.exitCode).toBe(3);
  expect(errorOf(result).message).toMatch(/wrong1.*; specs failed too: .*wrong2/);
});

it("applies what another run has rolled back while this one waited for it", async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [table(1, 0), table(3, 1), table(5, 2)], specs: [table(2, 0)] });
  expect((await place.run(["migrate", "--phase", "1"])).exitCode).toBe(0);
  const rival = openRival(place, "auth");
  try {
    await rival.run("SELECT pg_advisory_lock(1397708371, 1)");
    const { result, says } = start(place, ["migrate"]);
    await says("waiting for pid");
    await rival.run("DROP TABLE t3; DELETE FROM socrates_db.migrations WHERE number = 3");
    await rival.run("SELECT pg_advisory_unlock_all()");
    expect(await result).toMatchObject({ exitCode: 0 });
    expect(await ledgers(place)).toEqual({ auth: [1, 3, 5], specs: [2] });
  } finally {
    await rival.close();
  }
});

it("accepts two migrations of one name, as their numbers differ", async () => {
  place = await makePlace("server");
  writeChains(place, { auth: [], specs: [table(2, 0)] });
  for (const number of ["001", "003"])
    writeFileSync(
      path.join(place.folder, "auth", `${number}_add_indexes.sql`),
      `-- socrates-db: phase 0\nCREATE TABLE t${number} (id int);`,
    );
  expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
});
