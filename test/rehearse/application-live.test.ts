import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type Cluster, makeCluster } from "../support/lanes/cluster.ts";
import { throwAwaySettings } from "../support/lanes/lane.ts";
import { npmPrograms } from "../support/lanes/local.ts";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

let place: Place;
afterEach(() => place.dispose());

/** Two databases with a table each, and a pending migration. */
async function start(server?: string): Promise<void> {
  place = await makePlace("server", server === undefined ? {} : { server });
  writeProject(place.folder, {
    "auth/001_people.sql":
      "-- socrates-db: phase 0\nCREATE TABLE people (id int PRIMARY KEY, name text, since date);\nCREATE INDEX people_since ON people (since);\n",
    "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
  });
  const { exitCode, stderr } = await place.run(["migrate", "--quiet"]);
  expect(exitCode, stderr).toBe(0);
  writeFileSync(
    path.join(place.folder, "migrations/auth/003_drop.sql"),
    "-- socrates-db: phase 1\nALTER TABLE people DROP COLUMN name;\nDROP INDEX people_since;\n",
  );
}

async function rehearse(...args: string[]) {
  const { exitCode, stdout } = await place.run([
    "rehearse",
    "--quiet",
    "--format",
    "json",
    "--statements",
    "live",
    ...args,
  ]);
  return { exitCode, report: JSON.parse(stdout) };
}

describe("statements of a server without pg_stat_statements", () => {
  it("is an error that says how to install it", async () => {
    await start();
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(2);
    expect(report.error).toMatchObject({ code: "extension-missing" });
    expect(report.error.message).toContain("pg_stat_statements is not installed");
    expect(report.error.hint).toContain("shared_preload_libraries");
  });

  it("is the same error if the library was not loaded", async (context) => {
    await start();
    const [available] = await place.query<{ preloaded: boolean }>(
      "auth",
      "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' AS preloaded FROM pg_available_extensions WHERE name = 'pg_stat_statements'",
    );
    if (available?.preloaded !== false) context.skip();
    for (const key of ["auth", "specs"]) await place.query(key, "CREATE EXTENSION pg_stat_statements");
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(2);
    expect(report.error).toMatchObject({ code: "extension-missing" });
    expect(report.error.message).toContain("must be loaded via");
  });

  it("names the version that a server for shadows needs", async () => {
    await start();
    writeFileSync(path.join(place.folder, "a.sql"), "SELECT 1");
    const shadow = place.env["DATABASE_URL_AUTH"] ?? "";
    const { stdout, exitCode } = await place.run(
      ["rehearse", "--quiet", "--format", "json", "--statements", "."],
      { env: { SOCRATES_DB_SHADOW_URL: shadow } },
    );
    const { error, applicationStatements } = JSON.parse(stdout);
    if (inject("server").version < 160_000) {
      expect(exitCode).toBe(2);
      expect(error).toMatchObject({ code: "server-too-old" });
    } else {
      expect(error).toBeUndefined();
      expect(applicationStatements.planned).toBe(1);
    }
  });
});

describe("statements of a folder, with a target", () => {
  it("find tables as its sessions do", async () => {
    place = await makePlace("server");
    writeProject(place.folder, {
      "auth/001_people.sql":
        "-- socrates-db: phase 0\nCREATE SCHEMA app; CREATE TABLE app.people (id int PRIMARY KEY);\n",
      "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
    });
    expect((await place.run(["migrate", "--quiet"])).exitCode).toBe(0);
    mkdirSync(path.join(place.folder, "sql"));
    writeFileSync(path.join(place.folder, "sql/a.sql"), "SELECT id FROM people;\n");
    const planned = async () => {
      const { stdout } = await place.run(["rehearse", "--quiet", "--format", "json", "--statements", "sql"]);
      return JSON.parse(stdout).applicationStatements.planned;
    };
    expect(await planned()).toBe(0);
    const [{ name } = { name: "" }] = await place.query<{ name: string }>(
      "auth",
      "SELECT current_database() AS name",
    );
    await place.query("auth", `ALTER DATABASE ${name} SET search_path = app, public`);
    expect(await planned()).toBe(1);
  });
});

describe("statements of an embedded database", () => {
  it("are an error", async () => {
    place = await makePlace("embedded");
    writeProject(place.folder);
    const { error } = (await rehearse()).report;
    expect(error).toMatchObject({ code: "extension-missing" });
    expect(error.message).toContain("was never created");
    await place.run(["migrate", "--quiet"]);
    expect((await rehearse()).report.error).toMatchObject({ code: "extension-missing" });
  });
});

describe("statements that a server has recorded", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await makeCluster(await npmPrograms());
    await cluster.start({ ...throwAwaySettings, shared_preload_libraries: "pg_stat_statements" });
  });
  afterAll(() => cluster?.remove());

  it("are planned with their parameters, in their database, and named by their start", async () => {
    await start(cluster.url);
    await place.query("auth", "CREATE SCHEMA stats; CREATE EXTENSION pg_stat_statements SCHEMA stats");
    await place.query("specs", "CREATE EXTENSION pg_stat_statements");
    await place.query(
      "auth",
      "SELECT name, id FROM people WHERE id = 3 AND since > DATE '2020-01-01' - INTERVAL '1 day'",
    );
    await place.query("auth", "SELECT id FROM people WHERE since = '2021-01-01'");
    await place.query("auth", "SELECT id FROM people WHERE id IN (1, 2, 3) LIMIT 5");
    await place.query("specs", "UPDATE papers SET id = 7 WHERE id = 6");
    await place.query("specs", "CREATE TABLE others (id int)");
    await place.query("specs", "SELECT count(*) FROM others");
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(1);
    const found = report.findings.filter(({ code }: { code: string }) => /^(statement|plan)-/.test(code));
    expect(found.map(({ database, message }: Record<string, string>) => `${database}: ${message}`)).toEqual([
      'auth: statement-broken: SELECT name, id FROM people WHERE id = $1 AND since > DATE $…: after migrations/auth/003_drop.sql, column "name" does not exist',
      "auth: plan-loses-index: SELECT id FROM people WHERE since = $1: after migrations/auth/003_drop.sql, people is not read through people_since: index people_since was dropped",
      'specs: statement-not-planned: SELECT count(*) FROM others: relation "others" does not exist',
    ]);
    expect(report.applicationStatements).toMatchObject({ broken: 1, losingIndex: 1, notPlanned: 1 });
    expect(report.applicationStatements.planned).toBeGreaterThanOrEqual(4);
    expect(report.applicationStatements.leftOut).toBeGreaterThan(0);
    expect(report.applicationStatements.commands).toMatchObject({ "CREATE TABLE": expect.any(Number) });
    const { stdout } = await place.run(["rehearse", "--statements", "live", "--since", "2"]);
    expect(stdout).toContain("of the application, from pg_stat_statements: ");
  });

  it("that another user sent are hidden: an error, or advice if there are own ones", async () => {
    await start(cluster.url);
    for (const key of ["auth", "specs"]) await place.query(key, "CREATE EXTENSION pg_stat_statements");
    await place.query("auth", "SELECT pg_stat_statements_reset()");
    await place.query("auth", "SELECT id FROM people");
    await place.query("specs", "SELECT id FROM papers");
    const name = `reader_${process.pid}`;
    await place.query("auth", `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    const env = Object.fromEntries(
      Object.entries(place.env).map(([variable, value]) => {
        const url = new URL(value);
        url.username = name;
        url.password = "secret";
        return [variable, url.href];
      }),
    );
    for (const key of ["auth", "specs"])
      await place.query(
        key,
        `GRANT USAGE ON SCHEMA socrates_db TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA socrates_db TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
      );
    const run = async () => {
      const { stdout } = await place.run(
        ["rehearse", "--quiet", "--format", "json", "--statements", "live"],
        {
          env,
        },
      );
      return JSON.parse(stdout);
    };
    expect((await run()).error).toMatchObject({
      code: "privilege-missing",
      hint: `As a superuser, run: GRANT pg_read_all_stats TO "${name}"`,
    });
    await place.query("auth", `SET ROLE ${name}; SELECT name FROM people`);
    await place.query("specs", `SET ROLE ${name}; SELECT id FROM papers LIMIT 1`);
    const { findings } = await run();
    expect(findings.map(({ code }: { code: string }) => code)).toContain("statement-broken");
    expect(
      findings.filter(({ message }: { message: string }) =>
        message.includes("hides the statements of other users"),
      ),
    ).toHaveLength(2);
    for (const key of ["auth", "specs"])
      await place.query(key, `REVOKE SELECT ON pg_stat_statements FROM PUBLIC, ${name}`);
    expect((await run()).error).toMatchObject({ code: "privilege-missing" });
    for (const key of ["auth", "specs"]) await place.query(key, `DROP OWNED BY ${name}`);
    await place.query("auth", `DROP ROLE ${name}`);
  });
});
