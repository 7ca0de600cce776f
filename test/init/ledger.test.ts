import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { folder, write } from "./repository.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace("server");
});
afterAll(() => place.dispose());

const flyway = (rows: string) =>
  `CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version text, type text, script text, success bool);
   INSERT INTO flyway_schema_history VALUES ${rows}`;

/** A ledger as its tool keeps it, files, and what is said about them. */
const cases: readonly {
  readonly title: string;
  readonly table: string;
  readonly sql: string;
  readonly files: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}[] = [
  {
    title: "dbmate",
    table: "public.schema_migrations",
    sql: "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'), ('9')",
    files: { "db/1_a.sql": "-- migrate:up\nSELECT 1;", "db/2_b.sql": "-- migrate:up\nSELECT 1;" },
    warnings: [
      "2_b.sql: was never applied: public.schema_migrations lacks it",
      "public.schema_migrations: has 9 as applied, but its file is missing",
    ],
  },
  {
    title: "golang-migrate",
    table: "public.schema_migrations",
    sql: "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty bool); INSERT INTO schema_migrations VALUES (9, false)",
    files: { "db/01_a.up.sql": "SELECT 1;", "db/9_b.up.sql": "SELECT 1;", "db/10_c.up.sql": "SELECT 1;" },
    warnings: ["10_c.up.sql: was never applied: public.schema_migrations lacks it"],
  },
  {
    title: "goose",
    table: "public.goose_db_version",
    sql: `CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint, is_applied bool);
      INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (2, false)`,
    files: { "db/001_a.sql": "-- +goose Up\nSELECT 1;", "db/002_b.sql": "-- +goose Up\nSELECT 1;" },
    warnings: ["002_b.sql: was never applied: public.goose_db_version lacks it"],
  },
  {
    title: "sql-migrate",
    table: "public.gorp_migrations",
    sql: "CREATE TABLE gorp_migrations (id text PRIMARY KEY); INSERT INTO gorp_migrations VALUES ('1-a.sql')",
    files: { "db/1-a.sql": "-- +migrate Up\nSELECT 1;", "db/2-b.sql": "-- +migrate Up\nSELECT 1;" },
    warnings: ["2-b.sql: was never applied: public.gorp_migrations lacks it"],
  },
  {
    title: "node-pg-migrate",
    table: "public.pgmigrations",
    sql: "CREATE TABLE pgmigrations (name text); INSERT INTO pgmigrations VALUES ('1_a')",
    files: { "db/1_a.sql": "-- Up Migration\nSELECT 1;", "db/2_b.sql": "-- Up Migration\nSELECT 1;" },
    warnings: ["2_b.sql: was never applied: public.pgmigrations lacks it"],
  },
  {
    title: "Prisma",
    table: "public._prisma_migrations",
    sql: `CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
      INSERT INTO _prisma_migrations VALUES ('1_a', now(), NULL), ('2_b', now(), now()), ('3_c', NULL, NULL)`,
    files: {
      "prisma/1_a/migration.sql": "SELECT 1;",
      "prisma/2_b/migration.sql": "SELECT 1;",
      "prisma/3_c/migration.sql": "SELECT 1;",
    },
    warnings: [
      "2_b/migration.sql: was never applied: public._prisma_migrations lacks it",
      "3_c/migration.sql: was never applied: public._prisma_migrations lacks it",
    ],
  },
  {
    title: "Drizzle",
    table: "drizzle.__drizzle_migrations",
    sql: `CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (created_at) VALUES (1740000000000)`,
    files: {
      "drizzle/meta/_journal.json":
        '{"dialect":"postgresql","entries":[{"tag":"0_a","when":1740000000000},{"tag":"1_b","when":1730000000000}]}',
      "drizzle/0_a.sql": "SELECT 1;",
      "drizzle/1_b.sql": "SELECT 1;",
    },
    warnings: ["1_b.sql: was never applied: drizzle.__drizzle_migrations lacks it"],
  },
  {
    title: "Flyway, with a migration that failed and one that was rolled back",
    table: "public.flyway_schema_history",
    sql: flyway(
      "(1, '1', 'SQL', 'V1__a.sql', true), (2, '2', 'SQL', 'V2__b.sql', true), (3, '2', 'UNDO_SQL', 'U2__b.sql', true), (4, '3', 'SQL', 'V3__c.sql', false), (5, NULL, 'SQL', 'R__d.sql', true)",
    ),
    files: {
      "sql/V1__a.sql": "SELECT 1;",
      "sql/V2__b.sql": "SELECT 1;",
      "sql/V3__c.sql": "SELECT 1;",
      "sql/R__d.sql": "SELECT 1;",
    },
    warnings: [
      "V2__b.sql: was never applied: public.flyway_schema_history lacks it",
      "V3__c.sql: was never applied: public.flyway_schema_history lacks it",
    ],
  },
  {
    title: "Flyway, with a baseline",
    table: "public.flyway_schema_history",
    sql: flyway("(1, '2', 'BASELINE', '<< Flyway Baseline >>', true)"),
    files: { "sql/V1.9__a.sql": "SELECT 1;", "sql/V2_0__b.sql": "SELECT 1;", "sql/V10__c.sql": "SELECT 1;" },
    warnings: ["V10__c.sql: was never applied: public.flyway_schema_history lacks it"],
  },
];

const url = () => place.env["DATABASE_URL_AUTH"] ?? "";

interface Note {
  readonly from: string;
  readonly reason: string;
}

/** The warnings that are about the ledger. */
async function warningsAbout(table: string, args: readonly string[], env = {}): Promise<string[]> {
  const { exitCode, stdout } = await runCli(["init", "--format", "json", ...args], { cwd: folder, env });
  expect(exitCode).toBe(0);
  return JSON.parse(stdout)
    .warnings.map(({ from, reason }: Note) => `${from}: ${reason}`)
    .filter((warning: string) => warning.includes(table.replace(/^\w+\./, "")));
}

describe("the ledger of the old tool", () => {
  it.each(cases)("$title", async ({ table, sql, files, warnings }) => {
    await place.query("auth", `${sql}; SELECT 1 AS one`);
    try {
      write(files);
      expect(await warningsAbout(table, ["--url", `shop=${url()}`])).toEqual(warnings);
      const config = JSON.parse(readFileSync(path.join(folder, "socrates-db.config.json"), "utf8"));
      expect(config.ignore).toEqual([
        { object: table, reason: expect.stringMatching(/ records its migrations there$/) },
      ]);
    } finally {
      await place.query("auth", `DROP TABLE ${table}; DROP SCHEMA IF EXISTS drizzle; SELECT 1 AS one`);
    }
  });
  it("is found through the environment, and missed by name", async () => {
    write({ "sql/V1__a.sql": "SELECT 1;" });
    expect(await warningsAbout("flyway", ["--database", "shop"], { DATABASE_URL_SHOP: url() })).toEqual([
      expect.stringMatching(/^flyway_schema_history: .+ has no table of this name$/),
    ]);
  });
});
