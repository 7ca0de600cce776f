import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";

describe("verify access (server)", () => {
  let place: Place;
  const role = `sdb_reader_${process.pid}`;
  beforeAll(async () => {
    place = await makePlace("server", { migrated: true });
    await place.query("auth", `CREATE ROLE ${role}`);
    // PUBLIC can connect to a new database; this test is about further privileges.
    for (const key of ["auth", "specs"])
      await place.query(
        key,
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); REVOKE CREATE ON SCHEMA public FROM PUBLIC; END $$",
      );
  });
  afterAll(async () => {
    await place.query("specs", `DROP OWNED BY ${role}`);
    await place.query("auth", `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await place.dispose();
  });

  interface Found {
    readonly code: string;
    readonly severity: string;
    readonly database: string;
    readonly object: string;
    readonly hint: string;
  }

  async function verify(): Promise<{ exitCode: unknown; findings: Found[] }> {
    const { exitCode, stdout } = await place.run(["verify", "access", "--format", "json", "--quiet"]);
    const { findings } = JSON.parse(stdout);
    // The owners of tables and the login roles depend on the tests' server.
    const others = findings.filter(({ code }: Found) => !code.startsWith("superuser-"));
    return { exitCode, findings: others };
  }

  it("accepts a database without any grants", async () => {
    expect(await verify()).toEqual({ exitCode: 0, findings: [] });
  });

  /** Grants, and the findings in the restrictive and in the permissive database. */
  const cases: readonly (readonly [
    what: string,
    grant: string,
    undo: string,
    restrictive: string | undefined,
    permissive: string | undefined,
  ])[] = [
    [
      "CONNECT for PUBLIC",
      "GRANT CONNECT ON DATABASE %I TO PUBLIC",
      "REVOKE CONNECT ON DATABASE %I FROM PUBLIC",
      "warning public-connect",
      undefined,
    ],
    [
      "CREATE for PUBLIC",
      "GRANT CREATE ON SCHEMA public TO PUBLIC",
      "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
      "warning public-create",
      "warning public-create",
    ],
    [
      "a table that PUBLIC can read",
      "GRANT SELECT ON %2$I TO PUBLIC",
      "REVOKE SELECT ON %2$I FROM PUBLIC",
      "error public-read",
      undefined,
    ],
    [
      "a table that PUBLIC can write",
      "GRANT INSERT, UPDATE ON %2$I TO PUBLIC",
      "REVOKE ALL ON %2$I FROM PUBLIC",
      "error public-write",
      "warning public-write",
    ],
    [
      "a ledger that PUBLIC can write",
      "GRANT UPDATE ON socrates_db.migrations TO PUBLIC",
      "REVOKE UPDATE ON socrates_db.migrations FROM PUBLIC",
      "error ledger-writable",
      "error ledger-writable",
    ],
    [
      "what is yet to be made",
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
      "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC",
      "error public-default",
      "warning public-default",
    ],
    [
      "a grant that may be passed on",
      `GRANT SELECT ON %2$I TO ${role} WITH GRANT OPTION`,
      `REVOKE SELECT ON %2$I FROM ${role}`,
      "warning grant-option",
      undefined,
    ],
    [
      "a plain grant to a role",
      `GRANT SELECT, INSERT ON %2$I TO ${role}`,
      `REVOKE ALL ON %2$I FROM ${role}`,
      undefined,
      undefined,
    ],
  ];
  it.each(cases)("judges %s", async (_, grant, undo, restrictive, permissive) => {
    const run = async (sql: string) => {
      for (const [key, table] of [
        ["auth", "users"],
        ["specs", "projects"],
      ] as const)
        await place.query(
          key,
          `DO $do$ BEGIN EXECUTE format($$${sql}$$, current_database(), '${table}'); END $do$`,
        );
    };
    await run(grant);
    const { exitCode, findings } = await verify();
    await run(undo);
    const found = Object.fromEntries(
      findings.map(({ database, severity, code }) => [database, `${severity} ${code}`]),
    );
    expect(found).toEqual({
      ...(restrictive && { auth: restrictive }),
      ...(permissive && { specs: permissive }),
    });
    expect(findings).toHaveLength(Object.keys(found).length);
    expect(exitCode).toBe(`${restrictive}${permissive}`.includes("error") ? 1 : 0);
    for (const { hint } of findings) expect(hint).toMatch(/^(REVOKE|ALTER DEFAULT)/);
  });

  it("names a role that reads everything, in the restrictive database alone", async () => {
    const [version] = await place.query<{ n: number }>(
      "auth",
      "SELECT current_setting('server_version_num')::int AS n",
    );
    if ((version?.n ?? 0) < 140000) return;
    await place.query("auth", `GRANT pg_read_all_data TO ${role}`);
    const { findings } = await verify();
    await place.query("auth", `REVOKE pg_read_all_data FROM ${role}`);
    expect(findings).toMatchObject([{ code: "reads-all", database: "auth", object: role }]);
  });
});

it("reports that an embedded database has one user", async () => {
  const place = await makePlace("embedded", { migrated: true });
  const { exitCode, stdout } = await place.run(["verify", "access", "--quiet"]);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining(
      "socrates_auth is embedded: any user with access to the folder has full access",
    ),
  });
  await place.dispose();
});
