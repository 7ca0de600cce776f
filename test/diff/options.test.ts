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

const nothing = "SELECT 1;";
const aggregate = "CREATE AGGREGATE public.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');";
const publication = "CREATE TABLE a (x int PRIMARY KEY); CREATE PUBLICATION news FOR TABLE a;";
const table = "CREATE TABLE a (x int PRIMARY KEY);";
const statistics = "CREATE TABLE a (x int, y int); CREATE STATISTICS public.pairs ON x, y FROM a;";
const trigger =
  "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION note();";
const range = "CREATE TYPE public.span AS RANGE (SUBTYPE = float8);";

/** Kinds that are not compared are reported for either side. */
const uncovered: readonly Case[] = [
  ["a dropped aggregate", aggregate, nothing, ["aggregate public.total(integer)"]],
  ["an aggregate of both sides", aggregate, aggregate, ["aggregate public.total(integer)"]],
  ["a dropped publication", publication, table, ["publication news"]],
  ["an added publication", table, publication, ["publication news"]],
  ["dropped statistics", statistics, "CREATE TABLE a (x int, y int);", ["statistics object public.pairs"]],
  ["a dropped event trigger", trigger, trigger.replace(/CREATE EVENT.*/, ""), ["event trigger watch"]],
  ["a dropped range type", range, nothing, ["range type public.span"]],
].flatMap(([name, expected, actual, objects]): Case[] => {
  if (typeof name !== "string" || typeof expected !== "string" || typeof actual !== "string") return [];
  const findings = [objects].flat().map((object) => `warning not-compared ${object}`);
  const plain = { name, expected, actual, findings, exitCode: 0 };
  return [plain, { ...plain, name: `${name}, with --strict`, options: ["--strict"], exitCode: 1 }];
});

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

  it.each([...ignored, ...uncovered])("$name", async ({ findings, exitCode, ...sides }) => {
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
        writeFileSync(file, nothing);
        await place.query("auth", aggregate);
        const words = ["--database", "auth", "--phase", "0", "--format", "json", "--quiet", "--strict"];
        for (const [from, to] of [
          [file, "live"],
          ["live", file],
        ]) {
          const { stdout, exitCode } = await place.run([
            "diff",
            "--from",
            `${from}`,
            "--to",
            `${to}`,
            ...words,
          ]);
          expect(exitCode).toBe(1);
          expect(JSON.parse(stdout).findings).toMatchObject([
            { code: "not-compared", severity: "warning", object: "public.total(integer)" },
          ]);
        }
      } finally {
        await place.dispose();
      }
    });
  },
);
