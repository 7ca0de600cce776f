import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.ts";
import { makePlace, type Place } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
const roles: string[] = [];
let counter = 0;

beforeEach(async () => {
  place = await makePlace("server");
});
afterEach(async () => {
  for (const role of roles.splice(0)) {
    for (const key of ["auth", "specs"]) await place.query(key, `DROP OWNED BY ${role}`);
    await place.query("auth", `DROP ROLE ${role}`);
  }
  await place.dispose();
});

/** The databases' URLs with a different user, password or the like. */
function urls(change: (url: URL) => void): Record<string, string> {
  return Object.fromEntries(
    Object.entries(place.env).map(([name, text]) => {
      const url = new URL(text);
      change(url);
      return [name, url.toString()];
    }),
  );
}

/** A role that can only log in, and the environment that uses it. */
async function roleWith(...grants: string[]): Promise<{ role: string; env: Record<string, string> }> {
  const role = `sdb_role_${process.pid}_${counter++}`;
  await place.query("auth", `CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
  roles.push(role);
  for (const key of ["auth", "specs"])
    for (const grant of grants) await place.query(key, grant.replaceAll("<role>", role));
  const env = urls((url) => {
    url.username = role;
  });
  return { role, env };
}

/** The output of `migrate`, with varying parts replaced; the databases are unchanged. */
async function refused(env: Record<string, string> = {}, args: readonly string[] = []): Promise<string> {
  const before = await catalogOf(place);
  const { code, text } = await refusal(place, ["migrate", ...args], { env });
  expect(await catalogOf(place)).toEqual(before);
  return `${code}\n${text}`
    .replace(/\w+:\d+\/|[\d.]+:\d+\//g, "<server>/")
    .replace(/sdb_(auth|specs)_\d+_\d+_\d+/g, "<$1>")
    .replace(/sdb_role_\d+_\d+/g, "<role>")
    .replace(/\(PostgreSQL .*\)/, "(PostgreSQL …)")
    .replace(/postgresql-\d+-/, "postgresql-N-");
}

describe("a server that cannot be used", () => {
  it("refuses the password (fault 29)", async () => {
    const env = urls((url) => {
      url.password = "canary-wrong";
    });
    expect(await refused(env)).toMatchInlineSnapshot(`
      "authentication-failed
      error: cannot connect to <server>/<auth> as postgres: password authentication failed for user "postgres"
      hint: Check the password of postgres."
    `);
  });
  it("knows no such role", async () => {
    const env = urls((url) => {
      url.username = "sdb_nobody";
    });
    expect(await refused(env)).toContain("authentication-failed");
  });
  it("has no such database", async () => {
    const env = { DATABASE_URL_SPECS: (place.env["DATABASE_URL_SPECS"] ?? "").replace(/[^/]+$/, "sdb_none") };
    expect(await refused(env)).toMatchInlineSnapshot(`
      "database-missing
      error: cannot connect to <server>/sdb_none as postgres: database "sdb_none" does not exist
      hint: Create it: createdb sdb_none"
    `);
  });
  it("is reached under two names, which only the server can tell", async () => {
    const auth = new URL(place.env["DATABASE_URL_AUTH"] ?? "");
    const other = new URL(auth);
    other.hostname = auth.hostname === "localhost" ? "127.0.0.1" : "localhost";
    const text = await refused({ DATABASE_URL_SPECS: other.toString() });
    expect(text.replace(/[\w.]+:\d+/, "<server>")).toMatchInlineSnapshot(`
      "same-database
      error: auth and specs lead to the same database, <server>/<auth> as postgres
      hint: Give each its own database: their chains cannot share one."
    `);
  });
});

describe("a role without the privileges (fault 19)", () => {
  it("may not create in the database", async () => {
    const { env } = await roleWith("GRANT ALL ON SCHEMA public TO <role>");
    expect(await refused(env)).toMatchInlineSnapshot(`
      "privilege-missing
      error: <role> lacks the privilege to create the ledger in the schema socrates_db in <server>/<auth> as <role>
      hint: As the owner, run in that database: CREATE SCHEMA IF NOT EXISTS socrates_db; GRANT CREATE, USAGE ON SCHEMA socrates_db TO "<role>""
    `);
  });
  it("may not create in the schema public", async () => {
    await place.query("auth", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    const { role, env } = await roleWith();
    for (const key of ["auth", "specs"]) {
      const [row] = await place.query<{ name: string }>(key, "SELECT current_database() AS name");
      await place.query(key, `GRANT CREATE ON DATABASE ${row?.name} TO ${role}`);
    }
    expect(await refused(env)).toMatchInlineSnapshot(`
      "privilege-missing
      error: <role> lacks the privilege to create tables in schema public in <server>/<auth> as <role>
      hint: As the owner, run in that database: GRANT CREATE ON SCHEMA public TO "<role>""
    `);
  });
  it("is read-only (fault 14)", async () => {
    const { env } = await roleWith("ALTER ROLE <role> SET default_transaction_read_only = on");
    expect(await refused(env)).toMatchInlineSnapshot(`
      "read-only
      error: <server>/<auth> as <role> is read-only for <role>: default_transaction_read_only is on
      hint: Connect as another role, or run: ALTER ROLE "<role>" RESET default_transaction_read_only"
    `);
  });
  it("may not read the ledger", async () => {
    writeProject(place.folder);
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    const { env } = await roleWith("GRANT ALL ON SCHEMA public TO <role>");
    expect(await refused(env)).toMatchInlineSnapshot(`
      "privilege-missing
      error: the ledger of <server>/<auth> as <role> cannot be read: permission denied for schema socrates_db
      hint: Grant USAGE on schema socrates_db and SELECT, INSERT, UPDATE, DELETE on its tables, or use the role that created them."
    `);
  });
  it("may read the ledger and not write it", async () => {
    writeProject(place.folder);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    const { env } = await roleWith(
      "GRANT ALL ON SCHEMA public TO <role>",
      "GRANT USAGE ON SCHEMA socrates_db TO <role>",
      "GRANT SELECT ON ALL TABLES IN SCHEMA socrates_db TO <role>",
    );
    expect(await refused(env)).toMatchInlineSnapshot(`
      "privilege-missing
      error: <role> lacks the privilege to write the ledger in <server>/<auth> as <role>
      hint: As the owner, run in that database: GRANT USAGE ON SCHEMA socrates_db TO "<role>"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA socrates_db TO "<role>""
    `);
  });
});

describe("a server without an extension (fault 18)", () => {
  it("is refused before the first migration runs, with the package to install", async () => {
    const extension = "-- socrates-db: phase 5\nCREATE EXTENSION IF NOT EXISTS no_such_extension;\n";
    writeProject(place.folder, { ...smallChains, "specs/011_extension.sql": extension });
    expect(await refused()).toMatchInlineSnapshot(`
      "extension-missing
      error: the extension "no_such_extension" is not available on <server>/<specs> as postgres (PostgreSQL …)
      hint: Install it on the server (on Debian and Ubuntu: apt install postgresql-N-no_such_extension), or stop before it with --phase or --to."
    `);
    expect((await place.run(["migrate", "--phase", "1"])).exitCode).toBe(0);
  });
});

describe("databases with other contents", () => {
  const swapped = () => ({
    DATABASE_URL_AUTH: place.env["DATABASE_URL_SPECS"] ?? "",
    DATABASE_URL_SPECS: place.env["DATABASE_URL_AUTH"] ?? "",
  });
  it("swapped, with ledgers", async () => {
    writeProject(place.folder);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    expect(await refused(swapped())).toMatchInlineSnapshot(`
      "wrong-chain
      error: <server>/<specs> as postgres holds the specs chain, not the auth chain
      hint: Check the connection strings: this one leads to a database of another chain."
    `);
    expect((await refusal(place, ["status"], { env: swapped() })).code).toBe("wrong-chain");
    expect((await refusal(place, ["rollback", "--to", "0"], { env: swapped() })).code).toBe("wrong-chain");
  });
  it("tables of the other chain, without a ledger", async () => {
    writeProject(place.folder);
    await place.query("specs", "CREATE TABLE people (); CREATE TABLE teams ()");
    expect(await refused()).toMatchInlineSnapshot(`
      "wrong-chain
      error: <server>/<specs> as postgres should be specs, but holds tables of auth: people, teams
      hint: Check the connection strings, which may be swapped, or move the tables away."
    `);
  });
  it("tables of its own chain, without a ledger", async () => {
    writeProject(place.folder);
    await place.query("auth", "CREATE TABLE people ()");
    expect(await refused()).toMatchInlineSnapshot(`
      "database-occupied
      error: <server>/<auth> as postgres has no ledger, but already holds tables of its chain: people
      hint: If they match the migrations, record them with: socrates-db adopt. Otherwise start with an empty database."
    `);
  });
  it("a schema with the ledger's name that is not a ledger", async () => {
    await place.query("auth", "CREATE SCHEMA socrates_db; CREATE TABLE socrates_db.migrations (id int)");
    expect(await refused()).toMatchInlineSnapshot(`
      "ledger-invalid
      error: the schema socrates_db of <server>/<auth> as postgres is not a ledger of this program: relation "socrates_db.chain" does not exist
      hint: Rename or remove the schema that uses this name, or restore the ledger from a backup."
    `);
  });
  it("a ledger without its history, which is not about privileges", async () => {
    writeProject(place.folder);
    expect((await place.run(["migrate", "--phase", "0"])).exitCode).toBe(0);
    await place.query("auth", "DROP TABLE socrates_db.history");
    const { exitCode, stderr } = await place.run(["migrate", "--database", "auth"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('relation "socrates_db.history" does not exist');
  });
  it("other tables do not matter", async () => {
    writeProject(place.folder);
    await place.query("auth", "CREATE TABLE spatial_ref_sys ()");
    expect((await place.run(["migrate"])).exitCode).toBe(0);
  });
});
