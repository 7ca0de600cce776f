import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastPhase, makePlace, type Place, sampledEngines } from "../support/place.ts";

const contradictions = path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md");

/** Runs a command that reports findings, and returns them with its exit code. */
async function findingsOf(place: Place, args: readonly string[]) {
  const result = await place.run([...args, "--format", "json", "--quiet"]);
  const { findings = [], error } = JSON.parse(result.stdout);
  const short = findings.map(
    ({ severity, code, object }: Record<string, string>) => `${severity} ${code} ${object}`,
  );
  return { exitCode: result.exitCode, findings: short, full: findings, error };
}

describe.each(sampledEngines("server"))("diff after migrate on the %s engine", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
  });
  afterAll(() => place.dispose());

  it("finds nothing at any phase, with our document and with a contradictory one (fault 38)", async () => {
    // Starting the embedded engine takes the time, so it is tested only at the phases with most changes.
    const all = Array.from({ length: lastPhase(engine) + 1 }, (_, phase) => phase);
    for (const phase of engine === "server" ? all : [0, 6]) {
      expect(await place.run(["migrate", "--phase", String(phase), "--quiet"])).toMatchObject({
        exitCode: 0,
      });
      expect(await findingsOf(place, ["diff"])).toMatchObject({ exitCode: 0, findings: [] });
      expect(await findingsOf(place, ["diff", "--document", contradictions])).toMatchObject({
        exitCode: 0,
        findings: [],
      });
    }
  });

  it("is not confused by a phase that has only begun", async () => {
    if (engine === "embedded" || lastPhase(engine) < 6) return;
    expect(await place.run(["rollback", "--to", "10", "--quiet"])).toMatchObject({ exitCode: 0 });
    expect(await findingsOf(place, ["diff"])).toMatchObject({ exitCode: 0, findings: [] });
    expect(await place.run(["migrate", "--quiet"])).toMatchObject({ exitCode: 0 });
  });

  it("reports which side is wrong when document, migrations and database disagree", async () => {
    await place.query("auth", "ALTER TABLE users ADD COLUMN nickname text; DROP INDEX idx_users_email");
    const { exitCode, full } = await findingsOf(place, ["diff"]);
    expect(exitCode).toBe(1);
    expect(full).toMatchObject([
      {
        code: "missing",
        kind: "index",
        object: "public.users.idx_users_email",
        database: "auth",
        location: { line: expect.any(Number) },
      },
      { code: "unexpected", kind: "column", object: "public.users.nickname" },
    ]);
    for (const { hint } of full) expect(hint).toContain("changed by hand");
  });

  it("leaves out ignored objects, and compares other sources", async () => {
    expect(await findingsOf(place, ["diff", "--ignore", "public.users.*"])).toMatchObject({
      exitCode: 0,
      findings: [],
    });
    expect(await findingsOf(place, ["diff", "--from", "document", "--to", "migrations"])).toMatchObject({
      exitCode: 0,
      findings: [],
    });
    expect(await findingsOf(place, ["diff", "--from", "live", "--to", "live"])).toMatchObject({
      exitCode: 0,
      findings: [],
    });
    const folder = path.resolve("migrations");
    expect(await findingsOf(place, ["diff", "--from", "migrations", "--to", folder])).toMatchObject({
      exitCode: 0,
      findings: [],
    });
    const file = path.join(folder, "auth/001_create_auth_tables.sql");
    const partial = await findingsOf(place, [
      "diff",
      "--from",
      file,
      "--to",
      "document",
      "--database",
      "auth",
      "--phase",
      "0",
    ]);
    expect(partial).toMatchObject({ exitCode: 0, findings: [] });
  });
});

describe("diff with bad input", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server");
  });
  afterAll(() => place.dispose());

  it.each([
    ["a database without a ledger", ["diff"], "ledger-missing"],
    ["a source that does not exist", ["diff", "--from", "documnt"], "usage"],
    ["a phase that does not exist", ["diff", "--phase", "9"], "usage"],
    ["a document that does not exist", ["diff", "--document", "nowhere.md"], "document-invalid"],
    [
      "a file for two databases",
      ["diff", "--to", path.resolve("migrations/auth/001_create_auth_tables.sql"), "--from", "document"],
      "usage",
    ],
    ["privileges of a document", ["diff", "--privileges"], "usage"],
    ["owners of a document", ["diff", "--owners"], "usage"],
    ["settings of a document", ["diff", "--settings"], "usage"],
    ["a check that does not exist", ["verify", "indxes"], "usage"],
  ])("refuses %s", async (_, args, code) => {
    expect(await findingsOf(place, args)).toMatchObject({ exitCode: 2, error: { code } });
  });

  it("compares privileges of live databases on request", async () => {
    const other = await makePlace("server");
    try {
      for (const one of [place, other]) await one.query("auth", "CREATE TABLE granted (id int)");
      await other.query("auth", "GRANT SELECT ON granted TO PUBLIC");
      const url = other.env["DATABASE_URL_AUTH"] ?? "";
      const words = ["diff", "--from", "live", "--to", url, "--database", "auth", "--phase", "0"];
      expect(await findingsOf(place, words)).toMatchObject({ exitCode: 0, findings: [] });
      const { exitCode, full } = await findingsOf(place, [...words, "--privileges"]);
      expect(exitCode).toBe(1);
      expect(full).toMatchObject([{ code: "changed", object: "public.granted", attribute: "privileges" }]);
      await place.query("auth", "DROP TABLE granted");
    } finally {
      await other.dispose();
    }
  });

  it("compares owners and settings of live databases on request", async () => {
    const other = await makePlace("server");
    const [role, second] = [`sdb_owner_${process.pid}`, `sdb_owner_too_${process.pid}`];
    try {
      for (const one of [place, other])
        await one.query("auth", "CREATE TABLE kept (id serial); CREATE TYPE size AS (a integer)");
      const [{ name = "" } = {}] = await other.query<{ name: string }>(
        "auth",
        "SELECT current_database() AS name",
      );
      await other.query(
        "auth",
        `CREATE ROLE ${role}; CREATE ROLE ${second}; ALTER TABLE kept OWNER TO ${role}; ALTER TYPE size OWNER TO ${role};
         ALTER DATABASE ${name} SET work_mem = '7MB'; ALTER DATABASE ${name} SET app.jwt_secret = 'canary';
         ALTER ROLE ${second} IN DATABASE ${name} SET search_path = a, b`,
      );
      const url = other.env["DATABASE_URL_AUTH"] ?? "";
      const words = ["diff", "--from", "live", "--to", url, "--database", "auth", "--phase", "0"];
      expect(await findingsOf(place, words)).toMatchObject({ exitCode: 0, findings: [] });
      const owners = await findingsOf(place, [...words, "--owners"]);
      expect(owners.full).toMatchObject([
        { code: "changed", kind: "table", object: "public.kept", attribute: "owner", actual: role },
        { code: "changed", kind: "type", object: "public.size", attribute: "owner", actual: role },
      ]);
      const settings = await findingsOf(place, [...words, "--settings"]);
      expect(settings.full).toMatchObject([
        { code: "unexpected", kind: "database setting", object: "app.jwt_secret" },
        { code: "unexpected", kind: "role setting", object: `${second}.search_path` },
        { code: "unexpected", kind: "database setting", object: "work_mem" },
      ]);
      expect(JSON.stringify(settings)).not.toContain("canary");
      await place.query("auth", "DROP TABLE kept; DROP TYPE size");
    } finally {
      await other.query("auth", `DROP OWNED BY ${role}, ${second}`).catch(() => {});
      await other.dispose();
      await place.query("auth", `DROP ROLE IF EXISTS ${role}, ${second}`);
    }
  });

  it("accepts a database without a ledger if the phase is given", async () => {
    const { exitCode, findings } = await findingsOf(place, ["diff", "--phase", "0", "--database", "auth"]);
    expect(exitCode).toBe(1);
    expect(findings).toEqual(
      ["audit_logs", "password_reset_requests", "refresh_tokens", "users"].map(
        (table) => `error missing public.${table}`,
      ),
    );
  });
});
