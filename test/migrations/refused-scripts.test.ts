import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
afterEach(() => place.dispose());

const phase = "-- socrates-db: phase 0\n";
const lone = "-- socrates-db: no-transaction\n";
/** Fails when it runs in a transaction, and has half an effect if it does not. */
const half = "DO $$ BEGIN CREATE TABLE half (i int); COMMIT; RAISE EXCEPTION 'no'; END $$;\n";

describe("a directive that is not a line comment of the header", () => {
  const headers = [
    `${phase}/* no longer:\n${lone}*/\n`,
    `/* ${phase.trim()} */\n${phase}/* /* nested */\n${lone}*/\n`,
    `/*\n-- socrates-db: phase 9\n*/\n${phase}/* */ /*\r\n${lone}*/`,
    `${phase}/*-- socrates-db: nonsense\n-- no-transaction\n*/`,
  ];
  it.each(headers)("is ignored: %j", async (header) => {
    place = await makePlace("embedded");
    writeProject(place.folder, { "auth/001_one.sql": `${header}${half}` });
    const { code } = await refusal(place, ["migrate"]);
    expect(code).toBe("migration-failed");
    expect((await catalogOf(place))["auth"]).not.toContain("public.half");
  });

  it("is also part of a string", async () => {
    place = await makePlace("embedded");
    const text = "SELECT '\n-- socrates-db: phase 3\n', $$\n-- socrates-db: no-transaction\n$$;\n";
    writeProject(place.folder, { "auth/001_one.sql": `${phase}${text}` });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  });

  it("is refused after the first statement", async () => {
    place = await makePlace("embedded");
    writeProject(place.folder, { "auth/001_one.sql": `${phase}SELECT 1; /*\n*/ ${lone}SELECT 2;` });
    expect(await refusal(place, ["migrate"])).toMatchObject({ code: "file-invalid" });
  });
});

const long = "n".repeat(64);
/** The body of a file, and the line and column of the name. */
const names: readonly (readonly [sql: string, place: string])[] = [
  [`CREATE TABLE ${long} (id int);`, "2:14"],
  [`CREATE TABLE notes (\n  "${"é".repeat(32)}" int);`, "3:3"],
  [`SET client_min_messages = error; CREATE TABLE notes (id int CONSTRAINT ${long} PRIMARY KEY);`, "2:72"],
  [`CREATE INDEX CONCURRENTLY ${long} ON people (id);`, "2:27"],
  [`CREATE FUNCTION f(${long} int) RETURNS int BEGIN ATOMIC SELECT 1; END;`, "2:19"],
];

describe("a name that PostgreSQL would truncate (fault 26)", () => {
  it.each(names.flatMap(([sql, at]) => [[phase.trim(), sql, at] as const]))(
    "%s: %s",
    async (header, sql, at) => {
      place = await makePlace("embedded");
      writeProject(place.folder, { "auth/001_one.sql": `${header}\n${sql}` });
      const { code, text } = await refusal(place, ["migrate"]);
      expect([code, text]).toEqual([
        "file-invalid",
        expect.stringContaining(`001_one.sql:${at}: the identifier`),
      ]);
    },
  );

  it("is refused in a file without a transaction, before it runs", async () => {
    place = await makePlace("server");
    const sql = `CREATE INDEX CONCURRENTLY ${long} ON people (id);`;
    writeProject(place.folder, {
      "auth/001_people.sql": `${phase}CREATE TABLE people (id int);`,
      "auth/002_index.sql": `${phase}${lone}${sql}`,
    });
    expect(await refusal(place, ["migrate"])).toMatchObject({ code: "file-invalid" });
    expect((await catalogOf(place))["auth"]?.filter((name) => name.startsWith("public."))).toEqual([]);
  });

  it("is not one of 63 bytes, in quotes or with escapes", async () => {
    place = await makePlace("embedded");
    const sql = `CREATE TABLE ${"n".repeat(63)} ("${"é".repeat(31)}""" int, U&"${"\\4E2D".repeat(21)}" int);`;
    writeProject(place.folder, { "auth/001_one.sql": `${phase}${sql} SELECT '${long}'; -- ${long}` });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
  });
});

const copies = [
  "COPY people FROM stdin;\n1\tit's\n\\.\n",
  "copy people (id, name, a, b, c, d, e, f, g) from STDIN with (format csv);",
  "COPY (SELECT 1) TO STDOUT;",
  "COPY BINARY people FROM STDIN;",
];

describe.each(copies)("%j", (copy) => {
  it.each([
    ["a migration", { "auth/001_one.sql": `${phase}${copy}` }, ["migrate"]],
    ["one without a transaction", { "auth/001_one.sql": `${phase}${lone}${copy}` }, ["migrate"]],
    [
      "a source",
      { "auth/001_one.sql": `${phase}SELECT 1;` },
      ["diff", "--from", "dump.sql", "--to", "migrations", "--database", "auth"],
    ],
    [
      "a document",
      { "auth/001_one.sql": `${phase}SELECT 1;` },
      ["diff", "--to", "migrations", "--document", "doc.md"],
    ],
  ])("is refused by name in %s", async (_, files, args) => {
    place = await makePlace("embedded");
    writeProject(place.folder, files);
    writeFileSync(path.join(place.folder, "dump.sql"), `CREATE TABLE people (id int);\n${copy}`);
    const fence = `\`\`\`sql\nCREATE TABLE people (id int);\n${copy}\n\`\`\`\n`;
    const document = `# Phase 0\n\n## socrates_auth database\n\n### Table: people\n\n${fence}`;
    writeFileSync(path.join(place.folder, "doc.md"), document);
    const { text } = await refusal(place, args);
    expect(text).toContain("COPY from stdin or to stdout");
    expect(text).not.toContain("no-transaction");
  });
});

/** Statements that PostgreSQL refuses, and whether the directive no-transaction would help. */
const unsupported: readonly (readonly [sql: string, helps: boolean])[] = [
  ["CREATE VIEW v AS SELECT name FROM people; ALTER TABLE people ALTER name TYPE varchar(9);", false],
  ["CREATE TABLE ev (at timestamptz, id int UNIQUE) PARTITION BY RANGE (at);", false],
  ["SELECT * FROM otherdb.public.t;", false],
  ["SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", false],
  ["DO $$ BEGIN EXECUTE 'COPY people FROM stdin'; END $$;", false],
  ["CREATE INDEX CONCURRENTLY i ON people (id);", true],
  ["VACUUM people;", true],
  ["REINDEX TABLE CONCURRENTLY people;", true],
];

describe.each(sampledEngines("server"))("the hint at no-transaction on the %s engine", (engine) => {
  it.each(unsupported)("%s: %s", async (sql, helps) => {
    place = await makePlace(engine);
    writeProject(place.folder, {
      "auth/001_people.sql": `${phase}CREATE TABLE people (id int, name text);`,
      "auth/002_two.sql": `${phase}${sql}`,
    });
    const { text } = await refusal(place, ["migrate"]);
    expect(/^hint: .*no-transaction/m.test(text)).toBe(helps);
  });
});
