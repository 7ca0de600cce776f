import { cpSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { databases } from "../../src/databases.ts";
import { onMessages } from "../faults/support/wire.ts";
import { errorOf, start } from "../runner/helpers.ts";
import { openThrough } from "../runner/proxy.ts";
import type { CliOptions } from "../support/cli.ts";
import { engines, lastPhase, makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";
import { checksums, counts, keys, tablesOf, tablesWithRows } from "./helpers.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");

let place: Place;
afterEach(() => place.dispose());

describe("with existing rows", () => {
  it("--append adds users without a collision, --reset gives what a fresh seed gives", async () => {
    // Both engines use the same code; another test checks that they have the same rows.
    place = await makePlace("server", { migrated: true });
    const first = await place.run(["seed", "--users", "6", "--format", "json"]);
    expect(first).toMatchObject({ exitCode: 0 });
    const report = JSON.parse(first.stdout);
    expect(report).toMatchObject({
      schemaVersion: 1,
      outcome: "seeded",
      seed: 1,
      users: 6,
      firstUser: 0,
      removed: 0,
    });
    const fresh = await Promise.all(keys.map((key) => checksums(place, key)));
    for (const key of keys) expect(await counts(place, key)).toMatchObject(report.databases[key].tables);

    expect(await refusal(place, ["seed"])).toMatchObject({ code: "rows-found" });
    const added = JSON.parse(
      (await place.run(["seed", "--append", "--users", "4", "--format", "json"])).stdout,
    );
    expect(added).toMatchObject({ users: 4, firstUser: 6 });
    expect(await counts(place, "auth")).toMatchObject({ users: 10 });

    expect(await refusal(place, ["seed", "--reset"])).toMatchObject({ code: "confirmation-needed" });
    expect(await counts(place, "auth")).toMatchObject({ users: 10 });
    const again = await place.run(["seed", "--reset", "--yes", "--users", "6", "--quiet"]);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toMatch(/^deleted \d+ rows$/m);
    expect(await Promise.all(keys.map((key) => checksums(place, key)))).toEqual(fresh);
  });
});

describe("every phase", () => {
  it("is filled, one after the other", async () => {
    const engine = lastPhase("server") === 6 ? "server" : "embedded";
    place = await makePlace(engine);
    for (const [phase, tables] of [8, 13, 14, 16, 18, 21, 25].entries()) {
      expect(await place.run(["migrate", "--phase", String(phase)])).toMatchObject({ exitCode: 0 });
      const seeded = await place.run(["seed", "--users", "30", ...(phase === 0 ? [] : ["--reset", "--yes"])]);
      expect({ phase, exitCode: seeded.exitCode, stderr: seeded.stderr }).toMatchObject({ exitCode: 0 });
      const rows = Object.assign({}, ...(await Promise.all(keys.map((key) => counts(place, key)))));
      expect({ phase, tables: Object.keys(rows).length }).toEqual({ phase, tables });
      expect({ phase, empty: Object.keys(rows).filter((name) => rows[name] === 0) }).toEqual({
        phase,
        empty: [],
      });
    }
  });

  it("databases at different phases are filled as far as references allow", async () => {
    place = await makePlace("embedded", { migrated: true });
    for (const table of ["team_invitations", "team_members", "teams"])
      await place.query("auth", `DROP TABLE ${table}`);
    await place.query("auth", "DELETE FROM socrates_db.migrations WHERE number = 13");
    const result = await place.run(["seed", "--users", "30"]);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toContain(
      "project_shares stays empty: it refers to teams, which does not exist yet",
    );
    expect(await counts(place, "specs")).toMatchObject({ project_shares: 0 });
  });
});

describe("refused, with nothing done", () => {
  const refused = async (args: readonly string[], code: string, text: RegExp) => {
    const found = await refusal(place, ["seed", ...args]);
    expect(found.code).toBe(code);
    expect(found.text).toMatch(text);
  };

  it("bad words", async () => {
    place = await makePlace("embedded");
    await refused(["--scale", "meduim"], "usage", /Did you mean "medium"/);
    for (const users of ["0", "-5", "many", "2000000"]) await refused(["--users", users], "usage", /--users/);
    await refused(["--seed", "x"], "usage", /--seed/);
    await refused(["--users", "5", "--scale", "small"], "usage", /exclude/);
    await refused(["--append", "--reset"], "usage", /--append and --reset exclude each other/);
    await refused(["--yes"], "usage", /--reset/);
    await refused(["--database", "auth"], "usage", /--database/);
  });

  it("databases without tables, or not all reachable", async () => {
    place = await makePlace("embedded");
    await refused([], "ledger-missing", /socrates-db migrate/);
  });

  it("databases that were never migrated, on a server", async () => {
    place = await makePlace("server");
    await refused([], "ledger-missing", /no applied migrations/);
  });

  it("rows that seed did not create", async () => {
    place = await makePlace("server", { migrated: true });
    await place.query("auth", "INSERT INTO users (email, password_hash) VALUES ('me@example.org', 'x')");
    for (const args of [[], ["--append"], ["--reset", "--yes"]])
      await refused(args, "rows-found", /users holds rows that seed did not create/);
    await place.query("auth", "DELETE FROM users");
    expect(await place.run(["seed", "--users", "5"])).toMatchObject({ exitCode: 0 });
    await place.query("auth", "INSERT INTO users (email, password_hash) VALUES ('me@example.org', 'x')");
    await refused(["--reset", "--yes"], "rows-found", /users holds 1 row that seed did not create/);
    expect(await counts(place, "auth")).toMatchObject({ users: 6 });
  });

  it("tables that were changed by hand, with the differences", async () => {
    place = await makePlace("server", { migrated: true });
    await place.query("auth", "ALTER TABLE users ADD CHECK (length(name) > 2)");
    await refused([], "schema-drifted", /users_name_check/);
    expect(await tablesWithRows(place)).toEqual([]);
  });

  it("a role that may not read or write a table", async () => {
    place = await makePlace("server", { migrated: true });
    const role = `seed_${place.folder.split("-").at(-1)?.toLowerCase()}`;
    await place.query("auth", `CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
    try {
      for (const key of keys)
        await place.query(
          key,
          `GRANT CREATE ON SCHEMA public TO ${role}; GRANT USAGE, CREATE ON SCHEMA socrates_db TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA socrates_db TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}; REVOKE INSERT ON ${key === "auth" ? "users" : "sessions"} FROM ${role}`,
        );
      const env = Object.fromEntries(
        Object.entries(place.env).map(([name, url]) => {
          const other = new URL(url);
          other.username = role;
          other.password = "canary";
          return [name, other.href];
        }),
      );
      const { code, text } = await refusal(place, ["seed", "--users", "5"], { env });
      expect(code).toBe("seed-failed");
      expect(text).toMatch(/permission denied for table (users|sessions)/);
      expect(await tablesWithRows(place)).toEqual([]);
    } finally {
      for (const key of keys) await place.query(key, `DROP OWNED BY ${role}`);
      await place.query("auth", `DROP ROLE ${role}`);
    }
  });

  it("an edited ledger", async () => {
    place = await makePlace("server", { migrated: true });
    await place.query("auth", "UPDATE socrates_db.migrations SET checksum = 'x' WHERE number = 1");
    await refused([], "chain-invalid", /001_create_auth_tables/);
  });

  it("a remote host, before connecting", async () => {
    place = await makePlace("embedded");
    const env = Object.fromEntries(
      databases.map(({ urlVariable, key }) => [urlVariable, `postgresql://me@db.example.com/${key}`]),
    );
    const { code, text } = await refusal(place, ["seed"], { env });
    expect(code).toBe("not-local");
    expect(text).toContain("--allow-remote");
  });
});

describe("when it fails", () => {
  /** The last table that is filled on the server here. */
  const lastTable = () => (lastPhase("server") === 6 ? "project_shares" : "generated_files");

  /** Databases in which one of the project's own migrations, so without drift, rejects the last row of 20 users. */
  async function refusingLastRow(): Promise<void> {
    place = await makePlace("server", { migrated: true });
    expect(await place.run(["seed", "--users", "20"])).toMatchObject({ exitCode: 0 });
    const last = `SELECT id::text FROM ${lastTable()} ORDER BY ctid DESC LIMIT 1`;
    const [row] = await place.query<{ id: string }>("specs", last);
    cpSync(path.join(packageRoot, "migrations"), path.join(place.folder, "migrations"), { recursive: true });
    writeProject(place.folder, {
      "specs/015_refuse.sql": `-- socrates-db: phase ${lastPhase("server")}\nALTER TABLE ${lastTable()} ADD CONSTRAINT refuse CHECK (id <> '${row?.id}') NOT VALID;\n`,
      "specs/015_refuse.down.sql": `ALTER TABLE ${lastTable()} DROP CONSTRAINT refuse;\n`,
    });
    const refuse = ["migrate", "--phase", String(lastPhase("server"))];
    expect(await place.run(refuse)).toMatchObject({ exitCode: 0 });
  }

  async function expectRefusedRow(args: readonly string[], options: CliOptions = {}): Promise<void> {
    const { code, text } = await refusal(place, ["seed", "--users", "20", ...args], options);
    expect(code).toBe("seed-failed");
    expect(text).toContain(`the rows of ${lastTable()} were refused`);
  }

  it("a rejected row at the very end leaves no row in any database (fault 37)", async () => {
    await refusingLastRow();
    // Rows that differ from those of the failing run.
    expect(await place.run(["seed", "--reset", "--yes", "--seed", "2", "--users", "20"])).toMatchObject({
      exitCode: 0,
    });
    const before = await Promise.all(keys.map((key) => checksums(place, key)));
    await expectRefusedRow(["--reset", "--yes"]);
    expect(await Promise.all(keys.map((key) => checksums(place, key)))).toEqual(before);
    for (const key of keys)
      await place.query(key, `TRUNCATE ${(await tablesOf(place, key)).join(", ")}, socrates_db.seeds`);
    await expectRefusedRow([]);
    expect(await tablesWithRows(place)).toEqual([]);
  });

  it("reports the failure, wherever the other database was stopped (fault 37)", async () => {
    await refusingLastRow();
    // The last query of auth takes until it is cancelled.
    const { proxy, env } = await openThrough(place, "auth", () =>
      onMessages({
        onQuery: (sql, { server }) => {
          if (!sql.includes("ivfflat")) return true;
          server.write(Buffer.from("Q\0\0\0\x19SELECT pg_sleep(600)\0", "latin1"));
          return false;
        },
      }),
    );
    try {
      await expectRefusedRow(["--reset", "--yes"], { env });
    } finally {
      await proxy.close();
    }
  });

  it.each(engines)("an interrupt keeps nothing on the %s engine", async (engine) => {
    place = await makePlace(engine, { migrated: true });
    const { child, result, says } = start(place, ["seed", "--users", "3000", "--format", "json"]);
    await says("specs  projects: ");
    child.kill("SIGINT");
    const ended = await result;
    expect([ended.exitCode, errorOf(ended).code]).toEqual([2, "interrupted"]);
    expect(await tablesWithRows(place)).toEqual([]);
    expect(await place.run(["diff"])).toMatchObject({ exitCode: 0 });
    expect(await place.run(["seed", "--users", "5"])).toMatchObject({ exitCode: 0 });
  });
});
