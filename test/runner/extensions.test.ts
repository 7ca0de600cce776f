import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { errorOf, ledgers, openRival, table, tables, type Written, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

async function isInstalled(): Promise<boolean> {
  return (await place.query("auth", "SELECT FROM pg_extension WHERE extname = 'vector'")).length > 0;
}

/** Whether the engine has pgvector. */
async function isAvailable(): Promise<boolean> {
  const query = "SELECT FROM pg_available_extensions() a WHERE a.name = 'vector'";
  return (await place.query("auth", query)).length > 0;
}

const vector: Written = {
  number: 3,
  phase: 1,
  up: "CREATE EXTENSION IF NOT EXISTS vector;",
  down: "DROP EXTENSION vector;",
};

async function withVector(
  engine: Place["engine"],
  skip: () => void,
  more: readonly Written[] = [],
): Promise<void> {
  place = await makePlace(engine);
  writeChains(place, { auth: [table(1, 0), vector, ...more], specs: [table(2, 0)] });
  expect(await place.run(["migrate", "--phase", "0"])).toMatchObject({ exitCode: 0 });
  if (!(await isAvailable())) skip();
}

describe.each(sampledEngines("server"))("an extension on the %s engine (fault 44)", (engine) => {
  it.each([
    "DROP EXTENSION vector;",
    "DROP EXTENSION IF EXISTS vector CASCADE;",
    'DROP EXTENSION "vector" RESTRICT;',
  ])("that was there before a migration stays when it is rolled back by %s", async (down) => {
    place = await makePlace(engine);
    writeChains(place, { auth: [table(1, 0), { ...vector, down }], specs: [table(2, 0)] });
    expect(await place.run(["migrate", "--phase", "0"])).toMatchObject({ exitCode: 0 });
    if (!(await isAvailable())) return;
    await place.query("auth", "CREATE EXTENSION vector");
    for (let round = 0; round < 2; round++) {
      expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
      const planned = await place.run(["rollback", "--phase", "0", "--dry-run"]);
      expect(planned.stdout).toContain('-- 003_m3 did not create the extension "vector", so it stays\n');
      const back = await place.run(["rollback", "--phase", "0"]);
      expect([back.exitCode, back.stderr]).toEqual([
        0,
        expect.stringMatching(/^warning: 003_m3 did not create/m),
      ]);
      expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
      expect(await isInstalled()).toBe(true);
    }
  });

  it("that a migration created is dropped with it, and recorded again each time", async ({ skip }) => {
    await withVector(engine, skip);
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await place.run(["rollback", "--phase", "0"])).toMatchObject({ exitCode: 0 });
    expect(await isInstalled()).toBe(false);
    await place.query("auth", "CREATE EXTENSION vector");
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await place.run(["rollback", "--phase", "0"])).toMatchObject({ exitCode: 0 });
    expect(await isInstalled()).toBe(true);
  });

  it("that an atomic run created is distinguished from an existing one", async ({ skip }) => {
    await withVector(engine, skip);
    expect(await place.run(["migrate", "--atomic"])).toMatchObject({ exitCode: 0 });
    expect(await place.query("auth", "SELECT number, name, created FROM socrates_db.extensions")).toEqual([
      { number: 3, name: "vector", created: true },
    ]);
  });

  it("is recorded in a ledger of an older version", async ({ skip }) => {
    await withVector(engine, skip);
    await place.query("auth", "DROP TABLE socrates_db.extensions; CREATE EXTENSION vector");
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await place.run(["rollback", "--phase", "0"])).toMatchObject({ exitCode: 0 });
    expect(await isInstalled()).toBe(true);
  });

  it("in another schema is refused before anything runs, and doctor says so", async ({ skip }) => {
    await withVector(engine, skip, [{ number: 5, phase: 2, up: "CREATE TABLE t5 (e vector(3));" }]);
    await place.query("auth", "CREATE SCHEMA extensions; CREATE EXTENSION vector SCHEMA extensions");
    const refused = await place.run(["migrate", "--format", "json"]);
    expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "extension-missing"]);
    expect(errorOf(refused).message).toContain('is in the schema "extensions"');
    expect(errorOf(refused).hint).toContain('ALTER EXTENSION "vector" SET SCHEMA public');
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
    const doctor = await place.run(["doctor"]);
    expect([doctor.exitCode, doctor.stdout]).toEqual([
      1,
      expect.stringContaining('is in the schema "extensions"'),
    ]);
    await place.query("auth", "ALTER EXTENSION vector SET SCHEMA public");
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    expect(await tables(place, "auth")).toEqual(["t1", "t5"]);
  });

  it("in another schema that the migration names is accepted", async ({ skip }) => {
    await withVector(engine, skip, [
      { number: 5, phase: 2, up: "CREATE TABLE t5 (e extensions.vector(3));" },
    ]);
    const named = { ...vector, up: "CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;" };
    writeChains(place, { auth: [table(1, 0), named], specs: [table(2, 0)] });
    await place.query("auth", "CREATE SCHEMA extensions; CREATE EXTENSION vector SCHEMA extensions");
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  });
});

it("the privilege to create an extension is tried, with nothing left of it", async ({ skip }) => {
  await withVector("server", skip);
  const role = `sdb_plain_${process.pid}`;
  const rival = openRival(place, "auth");
  await rival.run(`CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
  try {
    for (const key of ["auth", "specs"])
      await place.query(
        key,
        `GRANT ALL ON SCHEMA public, socrates_db TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public, socrates_db TO ${role};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA socrates_db TO ${role}`,
      );
    const env = Object.fromEntries(
      Object.entries(place.env).map(([name, url]) => {
        const other = new URL(url);
        other.username = role;
        other.password = "canary";
        return [name, other.toString()];
      }),
    );
    const refused = await place.run(["migrate", "--format", "json"], { env });
    expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "privilege-missing"]);
    expect(errorOf(refused).message).toContain('lacks the privilege to create the extension "vector"');
    expect(await ledgers(place)).toEqual({ auth: [1], specs: [2] });
    // Allows what the catalog does not show, like the hooks of a managed service.
    await rival.run(`ALTER ROLE ${role} SUPERUSER`);
    expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
  } finally {
    for (const key of ["auth", "specs"])
      await place.query(key, `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`);
    await rival.run(`DROP ROLE ${role}`);
    await rival.close();
  }
});
