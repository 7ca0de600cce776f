import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { open } from "../../src/index.ts";
import { noPgBouncer, startPgBouncer } from "../faults/support/pgbouncer.ts";
import { table, writeChains } from "../runner/helpers.ts";
import { type EngineName, makePlace, type Place } from "../support/place.ts";
import { admin, compare, shadowOnServer, shadows, write } from "./helpers.ts";

let place: Place;
const after: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const work of after.splice(0).reverse()) await work();
  await place.dispose();
});

/** Empty databases, whose shadows are on the server of the tests. */
async function withServer(engine: EngineName): Promise<Record<string, string>> {
  place = await makePlace(engine);
  return shadowOnServer();
}

describe("--shadow", () => {
  it.each<EngineName>(["embedded", "server"])("replaces the embedded engine: %s", async (engine) => {
    const env = await withServer(engine);
    writeChains(place, {
      auth: [
        {
          number: 1,
          phase: 0,
          up: "CREATE TABLE a (s varchar(9) CHECK (s IN ('x', 'y')));",
          down: "DROP TABLE a;",
        },
        {
          number: 3,
          phase: 1,
          up: "CREATE INDEX CONCURRENTLY i ON a (s);",
          down: "DROP INDEX CONCURRENTLY i;",
          noTransaction: true,
        },
      ],
      specs: [table(2, 0)],
    });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    const cache = path.join(place.folder, "cache");
    for (const args of [["diff"], ["verify", "phases"], ["verify", "indexes"], ["trace", "a"]]) {
      const { exitCode, stderr } = await place.run([...args, "--quiet"], {
        env: { ...env, XDG_CACHE_HOME: cache },
      });
      expect(exitCode, stderr).toBe(0);
    }
    expect(await shadows()).toEqual([]);
    const kept = path.join(cache, "socrates-db");
    expect(existsSync(kept) ? readdirSync(kept).filter((name) => name.endsWith(".json.gz")) : []).toEqual([]);
    await place.query("auth", "ALTER TABLE a DROP CONSTRAINT a_s_check, ADD CHECK (s IN ('x', 'z'))");
    const { exitCode, stdout, stderr } = await place.run(["diff"], { env });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("a_s_check");
    if (engine === "server") expect(stderr).toContain("the shadow of auth is on the server of auth itself");
    expect(await shadows()).toEqual([]);
  });

  it("is an option of the library, and a key of the config file, after the environment", async () => {
    const { SOCRATES_DB_SHADOW_URL: shadow = "" } = await withServer("embedded");
    const file = write(place, "one.sql", "CREATE TABLE one (id int);");
    const project = await open({ cwd: place.folder, builtin: true, database: "auth", env: {}, shadow });
    const { findings } = await project.diff({ from: file, to: file });
    expect(findings).toEqual([]);
    await project.close();
    write(
      place,
      "socrates-db.config.json",
      JSON.stringify({ builtin: true, shadow: "postgresql://nobody@127.0.0.1:1/x" }),
    );
    expect((await compare(place, {}, "SELECT 1;")).stderr).toContain("cannot connect to 127.0.0.1:1/x");
    expect(await compare(place, { SOCRATES_DB_SHADOW_URL: shadow }, "SELECT 1;")).toMatchObject({
      exitCode: 0,
    });
    const flagged = await compare(place, {}, "SELECT 1;", "--shadow", shadow);
    expect(flagged.stderr).toContain(
      "the password in --shadow is visible in the process list; use SOCRATES_DB_SHADOW_URL",
    );
    expect((await compare(place, { SOCRATES_DB_SHADOW_URL: " " }, "SELECT 1;")).stderr).toContain(
      "error: SOCRATES_DB_SHADOW_URL is set, but empty\n",
    );
  });

  it("drops its databases after an error", async () => {
    const env = await withServer("embedded");
    const { exitCode, stderr } = await compare(
      place,
      env,
      "CREATE TABLE t (id int);\nCREATE TABLE t (id int);",
    );
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('relation "t" already exists')]);
    expect(await shadows()).toEqual([]);
  });

  it("has the encoding and locale of the database that it is for", async () => {
    const env = await withServer("server");
    const name = `sdb_latin_${process.pid}`;
    await admin(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
    after.push(() => admin(`DROP DATABASE ${name} WITH (FORCE)`));
    const url = new URL(inject("server").url);
    url.pathname = `/${name}`;
    const telling =
      "DO $$ BEGIN RAISE EXCEPTION 'its encoding is %', current_setting('server_encoding'); END $$;";
    expect((await compare(place, env, telling)).stderr).toContain("its encoding is UTF8");
    const latin = { ...env, DATABASE_URL_AUTH: url.toString() };
    expect((await compare(place, latin, telling)).stderr).toContain("its encoding is LATIN1");
  });

  it("changes nothing that belongs to the whole server", async () => {
    const env = await withServer("embedded");
    const role = `sdb_shadow_role_${process.pid}`;
    const { exitCode, stdout } = await compare(place, env, `CREATE ROLE ${role}; CREATE TABLE t (id int);`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `statement CREATE ROLE ${role} is not compared: it changes the shadow's whole server`,
    );
    const needing = await compare(place, env, `CREATE TABLE t (id int); GRANT SELECT ON t TO ${role};`);
    expect(needing.stderr).toContain(`error: the role "${role}" does not exist on the shadow's server`);
    expect(await admin(`SELECT rolname FROM pg_roles WHERE rolname = '${role}'`)).toEqual([]);
  });
});

describe("the server of shadows", () => {
  /** A login role without privileges, and the connection string with it. */
  async function loginRole(options: string): Promise<string> {
    const role = `sdb_shadow_login_${process.pid}`;
    await admin(`CREATE ROLE ${role} LOGIN PASSWORD 'canary' ${options}`);
    after.push(() => admin(`DROP ROLE ${role}`));
    const url = new URL(inject("server").url);
    url.username = role;
    url.password = "canary";
    return url.toString();
  }

  it("must let the role create databases; no more is needed", async () => {
    await withServer("embedded");
    const url = await loginRole("NOCREATEDB");
    const refused = await compare(place, { SOCRATES_DB_SHADOW_URL: url }, "CREATE TABLE t (id int);");
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/error: sdb_shadow_login_\d+ lacks the privilege to create a shadow on /);
    expect(refused.stderr).toMatch(
      /hint: As a superuser, run there: ALTER ROLE "sdb_shadow_login_\d+" CREATEDB\n/,
    );
    await admin(`ALTER ROLE ${new URL(url).username} CREATEDB`);
    expect(await compare(place, { SOCRATES_DB_SHADOW_URL: url }, "CREATE TABLE t (id int);")).toMatchObject({
      exitCode: 0,
    });
    expect(await shadows()).toEqual([]);
  });

  it("must not be a pooler", async ({ skip }) => {
    skip(noPgBouncer !== undefined, noPgBouncer);
    place = await makePlace("server");
    const bouncer = await startPgBouncer(place.env, "session");
    after.push(() => bouncer.close());
    const { exitCode, stderr } = await compare(
      place,
      { SOCRATES_DB_SHADOW_URL: bouncer.env["DATABASE_URL_AUTH"] ?? "" },
      "CREATE TABLE t (id int);",
    );
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("is reached through a connection pooler"),
    ]);
  });

  it("may be older than the database, and says so", async ({ skip }) => {
    skip(inject("server").version >= 180_000, "the server is as new as the embedded engine");
    const env = await withServer("embedded");
    const { exitCode, stderr } = await compare(place, env, "CREATE TABLE t (id int);");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning: the shadow's server runs PostgreSQL .*, older than PostgreSQL 18 of auth/m,
    );
  });
});
