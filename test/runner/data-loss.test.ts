import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { errorOf, ledgers, openRival, table, tables, type Written, writeChains } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

/** A role that owns the databases of a place and is not a superuser, while `work` runs as it. */
async function asOwner(work: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const role = `sdb_owner_${process.pid}`;
  const rival = openRival(place, "auth");
  await rival.run(`CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
  try {
    for (const key of ["auth", "specs"])
      await place.query(
        key,
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO ${role}', current_database()); END $$; GRANT ALL ON SCHEMA public TO ${role}`,
      );
    await work(
      Object.fromEntries(
        Object.entries(place.env).map(([name, url]) => {
          const other = new URL(url);
          other.username = role;
          other.password = "canary";
          return [name, other.toString()];
        }),
      ),
    );
  } finally {
    for (const key of ["auth", "specs"])
      await place.query(key, `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`);
    await rival.run(`DROP ROLE ${role}`);
    await rival.close();
  }
}

const secured = (policy: string): Written => ({
  number: 3,
  phase: 0,
  up: `CREATE TABLE t3 (id int, tenant text); ALTER TABLE t3 ENABLE ROW LEVEL SECURITY; ALTER TABLE t3 FORCE ROW LEVEL SECURITY; ${policy}`,
  down: "DROP TABLE t3;",
});

describe("rows that row-level security hides (fault 43)", () => {
  it.each([
    [
      "with a policy",
      "CREATE POLICY own ON t3 USING (tenant = current_setting('app.tenant', true)) WITH CHECK (true);",
    ],
    ["without a policy", ""],
    ["in a column", "CREATE POLICY own ON t3 USING (false) WITH CHECK (true);"],
  ])("keep a rollback from dropping them (%s)", async (what, policy) => {
    place = await makePlace("server");
    const column = { number: 5, phase: 0, up: "ALTER TABLE t3 ADD x int;", down: "ALTER TABLE t3 DROP x;" };
    const more = what === "in a column" ? [column] : [];
    writeChains(place, { auth: [table(1, 0), secured(policy), ...more], specs: [] });
    await asOwner(async (env) => {
      expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
      await place.query("auth", "INSERT INTO t3 SELECT i, 'a' FROM generate_series(1, 100) i");
      const planned = await place.run(["rollback", "--steps", "1", "--dry-run", "--format", "json"], { env });
      expect(JSON.parse(planned.stdout).databases.auth.losses).toMatchObject([{ rows: null }]);
      const refused = await place.run(["rollback", "--steps", "1", "--format", "json"], { env });
      expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "data-loss"]);
      expect(errorOf(refused).message).toContain("row-level security");
      expect(await place.query("auth", "SELECT FROM t3")).toHaveLength(100);
      const allowed = await place.run(["rollback", "--steps", "1", "--allow-data-loss"], { env });
      expect(allowed).toMatchObject({ exitCode: 0 });
    });
  });

  it("are certain for a superuser, and for an owner who is not subject to the policy", async () => {
    place = await makePlace("server");
    const own = {
      ...secured(""),
      up: secured("").up.replace("ALTER TABLE t3 FORCE ROW LEVEL SECURITY;", ""),
    };
    writeChains(place, { auth: [table(1, 0), own], specs: [] });
    await asOwner(async (env) => {
      expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
      expect(await place.run(["rollback", "--steps", "1"], { env })).toMatchObject({ exitCode: 0 });
    });
  });
});

describe.each(sampledEngines("server"))("rollback --dry-run on the %s engine", (engine) => {
  it("shows what would be lost, and changes nothing", async () => {
    place = await makePlace(engine);
    const column = { number: 3, phase: 0, up: "ALTER TABLE t1 ADD x int;", down: "ALTER TABLE t1 DROP x;" };
    writeChains(place, { auth: [table(1, 0), column], specs: [table(2, 0)] });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    await place.query("auth", "INSERT INTO t1 VALUES (1, 1), (2, NULL)");
    const text = await place.run(["rollback", "--to", "0", "--dry-run"]);
    expect(text.stdout).toMatch(
      /^-- would lose: public\.t1\.x 1 \(003, auth\)\n-- would lose: public\.t1 2 \(001, auth\)\n/m,
    );
    const json = JSON.parse(
      (await place.run(["rollback", "--to", "0", "--dry-run", "--format", "json"])).stdout,
    );
    expect(json.databases.auth.losses).toEqual([
      { number: 3, object: "public.t1.x", rows: 1 },
      { number: 1, object: "public.t1", rows: 2 },
    ]);
    expect(json.databases.specs.losses).toEqual([{ number: 2, object: "public.t2", rows: 0 }]);
    expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2] });
    expect(await tables(place, "auth")).toEqual(["t1"]);
  });
});

describe("what a role lacks for a rollback", () => {
  it.each([
    ["the ownership of a table", "ALTER TABLE t3 OWNER TO CURRENT_USER", /003_m3\.down\.sql.*must be owner/],
    [
      "the right to write the ledger",
      "REVOKE DELETE ON socrates_db.migrations FROM sdb_owner_PID",
      /lacks the privilege to write the ledger/,
    ],
    [
      "the ownership of a table in an earlier phase",
      "ALTER TABLE t1 OWNER TO CURRENT_USER",
      /001_m1\.down\.sql.*must be owner/,
    ],
  ])("%s is said before anything is changed", async (_, take, message) => {
    place = await makePlace("server");
    // The owner of the schema may drop a table of another role, but not alter it.
    const altered = (number: number, phase: number): Written => ({
      ...table(number, phase),
      down: `ALTER TABLE t${number} RENAME TO t${number}x; DROP TABLE t${number}x;`,
    });
    writeChains(place, { auth: [altered(1, 0), altered(3, 1)], specs: [table(2, 0), table(4, 1)] });
    await asOwner(async (env) => {
      expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
      await place.query("auth", take.replace("PID", String(process.pid)));
      for (const args of [["--dry-run"], [], ["--allow-data-loss"]]) {
        const result = await place.run(["rollback", "--to", "0", ...args, "--format", "json"], { env });
        expect([args, result.exitCode, errorOf(result).code]).toEqual([args, 3, "privilege-missing"]);
        expect(errorOf(result).message).toMatch(message);
        expect(await ledgers(place)).toEqual({ auth: [1, 3], specs: [2, 4] });
      }
    });
  });
});

describe.each(sampledEngines("server"))("a migration without a way back on the %s engine", (engine) => {
  const downFile = () => path.join(place.folder, "auth", "003_m3.down.sql");

  it.each(["", "-- nothing yet\n", "/* later */ ;\n\n"])(
    "is warned about where its down file is empty: %j",
    async (down) => {
      place = await makePlace(engine);
      writeChains(place, { auth: [table(1, 0), { ...table(3, 0), down }], specs: [] });
      const { exitCode, stderr } = await place.run(["migrate"]);
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringMatching(/^warning: .*003_m3\.down\.sql is empty/m),
      ]);
      expect(stderr.match(/^warning:/gm)).toHaveLength(1);
      const refused = await place.run(["rollback", "--steps", "1", "--format", "json"]);
      expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "file-invalid"]);
      expect(errorOf(refused).hint).toContain("socrates-db: irreversible");
    },
  );

  it.each([
    ["up", "", "it is marked irreversible"],
    ["up", " old values are lost", "old values are lost"],
    ["down", " the table was merged", "the table was merged"],
  ])("is refused by its mark in the %s file: %j", async (file, reason, said) => {
    place = await makePlace(engine);
    const mark = `-- socrates-db: irreversible${reason}`;
    const marked =
      file === "up" ? { up: `${mark}\nCREATE TABLE t3 ();` } : { up: "CREATE TABLE t3 ();", down: mark };
    writeChains(place, { auth: [table(1, 0), { number: 3, phase: 0, ...marked }, table(5, 0)], specs: [] });
    const { exitCode, stderr } = await place.run(["migrate"]);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining("warning:")]);
    expect(await place.run(["rollback", "--to", "3"])).toMatchObject({ exitCode: 0 });
    for (const args of [["--dry-run"], ["--allow-data-loss"]]) {
      const refused = await place.run(["rollback", "--to", "0", ...args, "--format", "json"]);
      expect([refused.exitCode, errorOf(refused).code]).toEqual([3, "irreversible"]);
      expect(errorOf(refused).message).toContain(said);
    }
    expect(await ledgers(place)).toMatchObject({ auth: [1, 3] });
    expect(existsSync(downFile())).toBe(file === "down");
  });

  it("is created by create with a warning", async () => {
    place = await makePlace(engine);
    writeChains(place, { auth: [table(1, 0)], specs: [] });
    const made = await place.run(["create", "add notes", "--database", "auth", "--phase", "0"]);
    expect(made.stderr).toMatch(/warning: .*002_add_notes\.down\.sql is empty/);
    const file = path.join(place.folder, "auth", "002_add_notes.sql");
    writeFileSync(file, `${readFileSync(file, "utf8")}CREATE TABLE notes ();`);
    expect((await place.run(["migrate"])).stderr).toMatch(/warning: .*002_add_notes\.down\.sql is empty/);
  });
});

describe("a rollback that would lose the rows of many tables", () => {
  it.each([
    [5, "t1 1, t2 1, t3 1, t4 1, t5 1"],
    [6, "t1 1, t2 1, t3 1, t4 1, t5 1 and 1 more"],
  ])("lists five of %i", async (count, list) => {
    place = await makePlace("embedded");
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    const up = numbers.map((n) => `CREATE TABLE t${n} (id int);`).join("\n");
    const down = numbers.map((n) => `DROP TABLE t${n};`).join("\n");
    writeChains(place, { auth: [{ number: 1, phase: 0, up, down }], specs: [] });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    await place.query("auth", numbers.map((n) => `INSERT INTO t${n} VALUES (1)`).join(";"));
    const { message = "" } = errorOf(await place.run(["rollback", "--steps", "1", "--format", "json"]));
    expect(message.replaceAll(/public\.| \(001, auth\)/g, "")).toBe(`this would lose ${count} rows: ${list}`);
  });
});
