import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
let role: string;
let env: Record<string, string>;
let counter = 0;

/** A role that can log in and has only the privileges that a test grants. */
beforeEach(async () => {
  place = await makePlace("server");
  role = `sdb_needs_${process.pid}_${counter++}`;
  await place.query("auth", `CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
  env = Object.fromEntries(
    Object.entries(place.env).map(([name, text]) => {
      const url = new URL(text);
      url.username = role;
      return [name, url.toString()];
    }),
  );
  for (const key of ["auth", "specs"]) await place.query(key, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
});
afterEach(async () => {
  for (const key of ["auth", "specs"]) await place.query(key, `DROP OWNED BY ${role}`);
  await place.query("auth", `DROP ROLE ${role}`);
  await place.dispose();
});

async function prepare(sql: string): Promise<void> {
  for (const key of ["auth", "specs"]) {
    const [row] = await place.query<{ name: string }>(key, "SELECT current_database() AS name");
    await place.query(key, sql.replaceAll("<role>", role).replaceAll("<database>", row?.name ?? ""));
  }
}

const own = "CREATE SCHEMA socrates_db AUTHORIZATION <role>";
const inDatabase = "GRANT CREATE ON DATABASE <database> TO <role>";
const auth = (sql: string) => ({ "auth/001_x.sql": `-- socrates-db: phase 0\n${sql}\n` });

describe("migrate needs no more than the files do", () => {
  it.each<[what: string, prepared: string, sql: string]>([
    [
      "a schema that the file makes",
      inDatabase,
      "CREATE SCHEMA app; CREATE TABLE app.item (id int PRIMARY KEY); CREATE INDEX ON app.item (id);",
    ],
    [
      "a database without public",
      `${inDatabase}; DROP SCHEMA public`,
      "CREATE SCHEMA app; CREATE VIEW app.v AS SELECT 1;",
    ],
    [
      "a ledger's schema that was made for the role",
      `${own}; CREATE SCHEMA app AUTHORIZATION <role>`,
      "CREATE TABLE app.item (id int);",
    ],
    [
      "a ledger's schema that the role may only use",
      "CREATE SCHEMA socrates_db; GRANT CREATE, USAGE ON SCHEMA socrates_db TO <role>; CREATE SCHEMA app AUTHORIZATION <role>",
      "CREATE SEQUENCE app.s;",
    ],
    [
      "a file that chooses its schema",
      `${own}; CREATE SCHEMA app AUTHORIZATION <role>`,
      "SET LOCAL search_path = app; CREATE TABLE item (id int);",
    ],
    ["temporary tables", own, "CREATE TEMP TABLE scratch (id int); DROP TABLE scratch;"],
    ["nothing at all", own, "SELECT 1;"],
  ])("%s", async (_, prepared, sql) => {
    await prepare(prepared);
    writeProject(place.folder, auth(sql));
    const { exitCode, stderr } = await place.run(["migrate"], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect((await place.run(["migrate"], { env })).stdout).toContain("up to date");
  });

  it.each<[what: string, sql: string, right: string]>([
    ["a table", "CREATE TABLE item (id int);", "GRANT CREATE ON SCHEMA public"],
    ["a view that is replaced", "CREATE OR REPLACE VIEW v AS SELECT 1;", "GRANT CREATE ON SCHEMA public"],
    [
      "an index of such a table",
      "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY item (id);",
      "GRANT CREATE ON SCHEMA public",
    ],
    ["a schema", "CREATE SCHEMA app;", "GRANT CREATE ON DATABASE"],
  ])("and refuses before anything runs where they do: %s", async (_, sql, right) => {
    await prepare(own);
    const mode = sql.includes("CONCURRENTLY") ? "-- socrates-db: no-transaction\n" : "";
    writeProject(place.folder, { "specs/001_x.sql": `-- socrates-db: phase 0\n${mode}${sql}\n` });
    const { code, text } = await refusal(place, ["migrate"], { env });
    expect(code).toBe("privilege-missing");
    expect(text).toContain(right);
    const tables = "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'socrates_db'";
    for (const key of ["auth", "specs"]) expect(await place.query(key, tables)).toEqual([{ n: 0 }]);
  });
});

describe("a different search_path is reported", () => {
  beforeEach(async () => {
    await prepare(`${inDatabase}; GRANT CREATE, USAGE ON SCHEMA public TO <role>; CREATE SCHEMA app`);
    writeProject(place.folder);
  });
  const migrate = async (variables = env) => (await place.run(["migrate"], { env: variables })).stderr;
  it.each([
    ["of the role", "ALTER ROLE <role> SET search_path = app, public", "app, public"],
    ["of the database", "ALTER DATABASE <database> SET search_path = app", "app"],
    [
      "of both",
      "ALTER ROLE <role> IN DATABASE <database> SET search_path = '$user', public, app",
      '"$user", public, app',
    ],
  ])("%s", async (_, sql, path) => {
    await prepare(sql);
    expect(await migrate()).toContain(`auth   search_path ${path} is ignored: migrations start with public`);
  });
  it("of the connection string", async () => {
    const withOptions = Object.fromEntries(
      Object.entries(env).map(([name, url]) => [name, `${url}?options=-c%20search_path%3Dapp`]),
    );
    expect(await migrate(withOptions)).toContain("search_path app is ignored");
  });
  it("and not if it is the default", async () => {
    expect(await migrate()).not.toContain("search_path");
  });
});
