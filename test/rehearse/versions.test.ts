import { afterAll, describe, expect, inject, it } from "vitest";
import { plainWords, versionRules } from "../../src/rehearse/version-rules.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { rehearseMigration } from "./project.ts";

let place: Place | undefined;
afterAll(() => place?.dispose());

const schema = [
  "CREATE TABLE jar (id integer, name text, other text, spare integer)",
  "CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b))",
  "CREATE TABLE tree (id integer) PARTITION BY LIST (id)",
  "CREATE TABLE leaf PARTITION OF tree FOR VALUES IN (1)",
  "CREATE TABLE measured (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED)",
];

/** Whether a rule is against a statement on a server of a version. */
function isRefused(sql: string, version: number): boolean {
  const words = plainWords(sql);
  return versionRules.some(
    ({ since, pattern }) => Math.floor(version / 10_000) < since && pattern.test(words),
  );
}

describe("what older versions refuse", () => {
  it("is what the server of the tests refuses", async () => {
    place = await makePlace("server");
    const session = await connectTo(place, "auth");
    const { version } = inject("server");
    await session.run(schema.join("; "));
    const refused: string[] = [];
    for (const { what, example } of versionRules) await session.run(example).catch(() => refused.push(what));
    await session.close();
    const expected = versionRules.filter(({ example }) => isRefused(example, version));
    expect(refused).toEqual(expected.map(({ what }) => what));
  });

  it.each(versionRules)("$what: a rule with an example", ({ example, since }) => {
    expect(isRefused(example, since * 10_000 - 1)).toBe(true);
    expect(isRefused(example, 180_000)).toBe(false);
  });

  it.each([
    "CREATE TABLE jar2 (id int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (abs(id)) STORED)",
    "ALTER TABLE jar ADD COLUMN id2 int NOT NULL DEFAULT 1",
    "COMMENT ON TABLE jar IS 'NULLS NOT DISTINCT, MERGE INTO'",
    'CREATE VIEW "RETURNING OLD." AS SELECT id -- uuidv7()\nFROM jar',
    "UPDATE jar SET id = 1 RETURNING id",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "ALTER TABLE jar ADD CONSTRAINT set_ CHECK (id IS NOT NULL)",
  ])("%s: nothing to refuse", (sql) => {
    expect(isRefused(sql, 130_000)).toBe(false);
  });

  it("is an error of the rehearsal, without the locks of the shadow", async () => {
    const { version, statements, findings } = await rehearseMigration({
      base: "CREATE TABLE jar (id int); INSERT INTO jar VALUES (1);",
      migration:
        "ALTER TABLE jar ADD COLUMN key uuid DEFAULT uuidv7();\nALTER TABLE jar ADD CONSTRAINT set_ CHECK (id > 0) NOT ENFORCED;",
    });
    expect(version).toBe(15);
    expect(statements.map(({ measured, locks, reason }) => ({ measured, locks, reason }))).toEqual([
      { measured: false, locks: [], reason: "uuidv7() needs PostgreSQL 18" },
      { measured: false, locks: [], reason: "NOT ENFORCED needs PostgreSQL 18" },
    ]);
    const lines = findings.map(({ code, severity, location }) => `${code} ${severity} ${location?.line}`);
    expect(lines.sort()).toEqual(["refused-by-target-version error 2", "refused-by-target-version error 3"]);
  });
});
