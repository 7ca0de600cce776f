import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

const files = {
  "auth/001_people.sql":
    "-- socrates-db: phase 0\nCREATE TABLE people (id int PRIMARY KEY, name varchar(20) CHECK (name <> ''), age int);\nCREATE INDEX by_name ON people (name);\n",
  "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
};

interface Report {
  readonly findings: readonly {
    code: string;
    severity: string;
    object?: string;
    attributes?: { name: string }[];
  }[];
  readonly error?: { code: string; message: string };
}

describe.each(sampledEngines("server"))("verify on %s", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
    writeProject(place.folder, files);
    expect(await place.run(["migrate", "--quiet"])).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => place.dispose());
  beforeEach(() => writeProject(place.folder, files));

  async function run(args: readonly string[]) {
    const { exitCode, stdout } = await place.run([...args, "--format", "json", "--quiet"]);
    const report: Report = JSON.parse(stdout);
    const found = (report.findings ?? []).map(({ code, object }) => `${code} ${object}`);
    return { exitCode, found, error: report.error?.message };
  }
  async function changed<T>(change: string, undo: string, work: () => Promise<T>): Promise<T> {
    await place.query("auth", change);
    try {
      return await work();
    } finally {
      await place.query("auth", undo);
    }
  }

  it.each([
    [
      "a changed type",
      "ALTER TABLE people ALTER age TYPE bigint",
      "ALTER TABLE people ALTER age TYPE int",
      "changed public.people.age",
    ],
    ["a stray table", "CREATE TABLE stray (id int)", "DROP TABLE stray", "unexpected public.stray"],
    [
      "a dropped CHECK",
      "ALTER TABLE people DROP CONSTRAINT people_name_check",
      "ALTER TABLE people ADD CONSTRAINT people_name_check CHECK (name <> '')",
      "missing public.people.people_name_check",
    ],
    [
      "a dropped index, once",
      "DROP INDEX by_name",
      "CREATE INDEX by_name ON people (name)",
      "missing public.people.by_name",
    ],
  ])("finds %s by default", async (_, change, undo, finding) => {
    const { exitCode, found } = await changed(change, undo, () => run(["verify", "--severity", "error"]));
    expect({ exitCode, found }).toEqual({ exitCode: 1, found: [finding] });
    expect(await run(["verify", "schema"])).toMatchObject({ exitCode: 0, found: [] });
  });

  it("reports no indexes of a missing table", async () => {
    const { exitCode, found } = await changed(
      "ALTER TABLE people RENAME TO persons",
      "ALTER TABLE persons RENAME TO people",
      () => run(["verify", "--severity", "error", "--ignore", "public.persons"]),
    );
    expect({ exitCode, found }).toEqual({ exitCode: 1, found: ["missing public.people"] });
  });

  const stray = [
    "CREATE TABLE stray (id int); COMMENT ON TABLE people IS 'all'",
    "DROP TABLE stray; COMMENT ON TABLE people IS NULL",
  ] as const;

  it("leaves out what the command line and the config file ignore, and counts it", async () => {
    await changed(...stray, async () => {
      expect((await run(["diff"])).found).toEqual(["changed public.people", "unexpected public.stray"]);
      expect((await run(["diff", "--ignore", "public.str*"])).found).toEqual(["changed public.people"]);
      expect((await run(["diff", "--ignore", "public.people:comment"])).found).toEqual([
        "unexpected public.stray",
      ]);
      const ignore = [
        { object: "public.stray", reason: "made by a colleague" },
        { object: "public.*:comment", reason: "comments are in the wiki" },
      ];
      writeProject(place.folder, files, { ignore });
      expect(await run(["diff"])).toMatchObject({ exitCode: 0, found: [] });
      expect(await run(["verify", "schema"])).toMatchObject({ exitCode: 0, found: [] });
    });
  });

  it.each([
    [{ ignore: [{ object: "public.stray" }] }, '"ignore.0.reason" must be of type string, not undefined'],
    [{ ignore: [{ object: "public.stray", reason: " " }] }, '"ignore.0.reason" must give a reason'],
    [{ ignore: ["public.stray"] }, '"ignore.0" must be of type object, not string'],
    [{ severity: "fatal" }, '"severity" must be one of: error, warning, advice'],
    [{ strict: "yes" }, '"strict" must be of type boolean, not string'],
  ])("refuses %j in the config file", async (config, message) => {
    writeProject(place.folder, files, config);
    const { exitCode, error } = await run(["diff"]);
    expect({ exitCode, error }).toEqual({ exitCode: 2, error: `socrates-db.config.json: ${message}` });
  });

  it("reports from a severity, and is strict if the config file says so", async () => {
    const fk = "ALTER TABLE people ADD COLUMN boss int REFERENCES people";
    await changed(fk, "ALTER TABLE people DROP COLUMN boss", async () => {
      const ignore = ["--ignore", "public.people.boss", "--ignore", "public.people.people_boss_fkey"];
      expect((await run(["verify", "indexes"])).found).toContain(
        "unindexed-foreign-key public.people.people_boss_fkey",
      );
      expect((await run(["verify", "indexes", "--severity", "warning"])).found).toEqual([]);
      expect((await run(["verify", "indexes", ...ignore])).found).toEqual([]);
    });
    const twin =
      "ALTER TABLE people ADD CONSTRAINT a FOREIGN KEY (age) REFERENCES people; ALTER TABLE people ADD CONSTRAINT b FOREIGN KEY (age) REFERENCES people";
    await changed(twin, "ALTER TABLE people DROP CONSTRAINT a, DROP CONSTRAINT b", async () => {
      const lenient = await run(["diff", "--ignore", "public.people.a"]);
      expect(lenient.found.length).toBeGreaterThan(0);
      writeProject(place.folder, files, { severity: "error" });
      expect((await run(["diff", "--severity", "warning"])).found).toEqual(
        expect.arrayContaining(["unexpected public.people.a"]),
      );
    });
  });

  it("writes other formats to files in the same run", async () => {
    await changed(...stray, async () => {
      const { exitCode } = await place.run([
        "diff",
        "--output",
        "sarif=drift.sarif",
        "--output",
        "junit=drift.xml",
        "--quiet",
      ]);
      expect(exitCode).toBe(1);
      const sarif = JSON.parse(readFileSync(path.join(place.folder, "drift.sarif"), "utf8"));
      expect(sarif.runs[0].results).toHaveLength(2);
      expect(readFileSync(path.join(place.folder, "drift.xml"), "utf8")).toContain('failures="2"');
    });
    expect(await run(["diff", "--output", "sariff=x"])).toMatchObject({
      exitCode: 2,
      error: '--output "sariff=x" is not a format and a file',
    });
    expect(await run(["diff", "--output", "sarif=no/folder/x"])).toMatchObject({ exitCode: 2 });
  });
});
