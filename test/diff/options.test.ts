import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";

interface Case {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly options?: readonly string[];
  readonly findings: readonly string[];
  readonly exitCode: number;
}

const policy = (using: string, helper: string) => `${helper}
CREATE TABLE docs (id int PRIMARY KEY, owner text); ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON docs USING (${using});`;
const helper = "CREATE FUNCTION helper() RETURNS boolean LANGUAGE sql AS 'SELECT true';";

/** Ignored objects are not reported, and do not explain other differences. */
const ignored: readonly Case[] = [
  {
    name: "a function that a policy calls now",
    expected: policy("owner = current_user", ""),
    actual: policy("helper()", helper),
    options: ["--ignore", "public.helper*"],
    findings: ["error changed policy public.docs.own"],
    exitCode: 1,
  },
  {
    name: "a table that a new foreign key refers to",
    expected: "CREATE TABLE kept (id int PRIMARY KEY, temp int);",
    actual:
      "CREATE TABLE temp (id int PRIMARY KEY); CREATE TABLE kept (id int PRIMARY KEY, temp int CONSTRAINT kept_temp REFERENCES temp);",
    options: ["--ignore", "public.temp"],
    findings: ["error unexpected constraint public.kept.kept_temp"],
    exitCode: 1,
  },
  {
    name: "a column whose type a check repeats",
    expected: "CREATE TABLE a (x varchar(9) CONSTRAINT given CHECK (x <> ''));",
    actual: "CREATE TABLE a (x text CONSTRAINT given CHECK (x <> '-'));",
    options: ["--ignore", "public.a.x"],
    findings: ["error changed constraint public.a.given"],
    exitCode: 1,
  },
  {
    name: "a column whose type a check repeats and nothing else",
    expected: "CREATE TABLE a (x varchar(9) CONSTRAINT given CHECK (x <> ''), y int);",
    actual: "CREATE TABLE a (x text CONSTRAINT given CHECK (x <> ''), y int);",
    options: ["--ignore", "public.a.x"],
    findings: ["error changed constraint public.a.given"],
    exitCode: 1,
  },
  {
    name: "a type that a column has now",
    expected: "CREATE TABLE a (x text); CREATE VIEW v AS SELECT x FROM a;",
    actual:
      "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE a (x mood); CREATE VIEW v AS SELECT x FROM a WHERE x = 'ok';",
    options: ["--ignore", "public.mood"],
    findings: ["error changed column public.a.x", "error changed view public.v"],
    exitCode: 1,
  },
  {
    name: "a table with all its parts",
    expected: "CREATE TABLE a (x int);",
    actual: "CREATE TABLE a (x int); CREATE TABLE tmp_1 (y int PRIMARY KEY); CREATE INDEX i ON tmp_1 (y);",
    options: ["--ignore", "public.tmp_*"],
    findings: [],
    exitCode: 0,
  },
];

describe("diff of SQL files", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("embedded");
  });
  afterAll(() => place.dispose());

  async function diff({ expected, actual, options = [] }: Pick<Case, "expected" | "actual" | "options">) {
    const [from, to] = ["expected.sql", "actual.sql"].map((name) => path.join(place.folder, name));
    if (from === undefined || to === undefined) throw new Error("two files");
    writeFileSync(from, expected);
    writeFileSync(to, actual);
    return place.run(["diff", "--from", from, "--to", to, "--database", "auth", "--quiet", ...options]);
  }

  it.each(ignored)("$name", async ({ findings, exitCode, ...sides }) => {
    const options = [...(sides.options ?? []), "--format", "json"];
    const result = await diff({ ...sides, options });
    const found = JSON.parse(result.stdout).findings.map(
      ({ severity, code, kind, object }: Record<string, string>) => `${severity} ${code} ${kind} ${object}`,
    );
    expect({ found, exitCode: result.exitCode }).toEqual({ found: findings, exitCode });
  });

  it("shows all attributes of a change and counts what follows from it, in each format", async () => {
    const expected =
      "CREATE TABLE a (id int PRIMARY KEY, up int CONSTRAINT up REFERENCES a); CREATE TABLE b (x int, y int);";
    const actual =
      "CREATE TABLE a (id int PRIMARY KEY, up int CONSTRAINT up REFERENCES a DEFERRABLE INITIALLY DEFERRED);";
    for (const format of ["text", "json", "markdown", "github", "junit", "sarif"]) {
      const { stdout } = await diff({ expected, actual, options: ["--format", format] });
      expect(stdout).toMatch(/deferrable is true, expected false; initiallyDeferred is true, expected false/);
      expect(stdout).toMatch(/2 consequences not listed: 2 columns/);
    }
    const json = JSON.parse((await diff({ expected, actual, options: ["--format", "json"] })).stdout);
    expect(json.findings).toMatchObject([
      {
        object: "public.a.up",
        attribute: "deferrable",
        expected: false,
        actual: true,
        attributes: [
          { name: "deferrable", expected: false, actual: true },
          { name: "initiallyDeferred", expected: false, actual: true },
        ],
      },
      {
        object: "public.b",
        consequences: [
          { kind: "column", object: "public.b.x" },
          { kind: "column", object: "public.b.y" },
        ],
      },
    ]);
  });
});

describe.each(sampledEngines("server"))(
  "what is not compared of a live database on the %s engine",
  (engine) => {
    it("is reported for either side", async () => {
      const place = await makePlace(engine);
      try {
        const file = path.join(place.folder, "nothing.sql");
        writeFileSync(file, "SELECT 1;");
        await place.query(
          "auth",
          `SET allow_system_table_mods = on; SELECT lo_create(7);
          INSERT INTO pg_seclabel VALUES (7, 'pg_largeobject'::regclass, 0, 'stamp', 'secret')`,
        );
        const words = ["--database", "auth", "--phase", "0", "--format", "json", "--quiet"];
        for (const [from = "", to = ""] of [
          [file, "live"],
          ["live", file],
        ]) {
          const diff = ["diff", "--from", from, "--to", to, ...words];
          const { stdout, exitCode } = await place.run(diff);
          expect(JSON.parse(stdout).findings).toMatchObject([
            { code: "not-compared", severity: "warning", object: "7" },
          ]);
          expect([exitCode, (await place.run([...diff, "--strict"])).exitCode]).toEqual([0, 1]);
        }
      } finally {
        await place.dispose();
      }
    });
  },
);
