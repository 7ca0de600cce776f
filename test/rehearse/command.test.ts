import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hazards } from "../../src/rehearse/hazards/index.ts";
import { type EngineName, engines, makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

let place: Place;
afterEach(() => place.dispose());

const people = "CREATE TABLE people (id int PRIMARY KEY, name text, born timestamp);";
const papers = "CREATE TABLE papers (id int PRIMARY KEY, title text);";

/** A project whose first two migrations are applied; the others are pending. */
async function start(engine: EngineName, pending: Readonly<Record<string, string>>): Promise<void> {
  place = await makePlace(engine);
  const applied = {
    "auth/001_people.sql": `-- socrates-db: phase 0\n${people}\n`,
    "specs/002_papers.sql": `-- socrates-db: phase 0\n${papers}\n`,
  };
  writeProject(place.folder, applied);
  const { exitCode, stderr } = await place.run(["migrate", "--quiet"]);
  expect(exitCode, stderr).toBe(0);
  for (const [name, sql] of Object.entries(pending))
    writeFileSync(path.join(place.folder, "migrations", name), sql);
}

async function rehearse(...args: string[]) {
  const { exitCode, stdout, stderr } = await place.run(["rehearse", "--quiet", "--format", "json", ...args]);
  return { exitCode, stderr, report: JSON.parse(stdout) };
}

function codes(report: { findings: { code: string; location?: { line: number } }[] }): string[] {
  return report.findings.map(({ code, location }) => `${code}:${location?.line}`).sort();
}

describe.each(engines)("rehearse: %s", (engine) => {
  it("measures what is pending, after what the target has, in each database", async () => {
    await start(engine, {
      "auth/003_more.sql":
        "-- socrates-db: phase 1\nALTER TABLE people ADD COLUMN token uuid DEFAULT gen_random_uuid();\nCREATE TABLE teams (id int PRIMARY KEY);\n",
      "specs/004_index.sql": "-- socrates-db: phase 1\n\nCREATE INDEX papers_title ON papers (title);\n",
      "auth/005_teams.sql":
        "-- socrates-db: phase 2\nALTER TABLE teams ADD COLUMN name text NOT NULL DEFAULT md5(random()::text);\n",
    });
    const before = await place.query("auth", "SELECT count(*) FROM people");
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      schemaVersion: 1,
      statements: [
        {
          database: "auth",
          file: "migrations/auth/003_more.sql",
          line: 2,
          rewrites: ["public.people", "public.people_pkey"],
          scans: ["public.people"],
          blocks: "reads",
          measured: true,
          dependsOnRows: true,
        },
        { line: 3, locks: [], blocks: "reads", measured: true },
        // The run itself makes the table.
        { file: "migrations/auth/005_teams.sql", locks: [], held: [], rewrites: [], blocks: "nothing" },
        {
          database: "specs",
          line: 3,
          locks: [{ relation: "public.papers", mode: "ShareLock" }],
          scans: ["public.papers"],
          blocks: "writes",
        },
      ],
    });
    expect(report.statements[1].held).toEqual(report.statements[0].held);
    expect(codes(report)).toEqual(["index-not-concurrent:3", "volatile-default:2"]);
    expect(report.summary).toEqual({ errors: 0, warnings: 2, advice: 0 });
    expect(await place.query("auth", "SELECT count(*) FROM people")).toEqual(before);
    expect((await rehearse("--phase", "1")).report.statements).toHaveLength(3);
    expect((await rehearse("--database", "specs")).report.statements).toHaveLength(1);
    for (const failOn of ["warning", "advice"])
      expect((await rehearse("--fail-on", failOn)).exitCode).toBe(1);
    expect((await rehearse("--strict")).exitCode).toBe(1);
    const now = engine === "embedded" ? "embedded, without other sessions" : "nothing to wait for";
    expect((await place.run(["rehearse", "--live"])).stdout).toContain(`specs now: ${now}`);
    const { stdout } = await place.run(["rehearse"]);
    expect(stdout).toContain("003_more.sql:2  locks public.people ACCESS EXCLUSIVE + SHARE");
    expect(stdout).toContain("CREATE INDEX CONCURRENTLY papers_title ON papers (title);");
  });

  it("says that nothing is pending", async () => {
    await start(engine, {});
    expect((await rehearse()).report).toMatchObject({ statements: [], findings: [] });
    const { stdout, exitCode } = await place.run(["rehearse"]);
    expect(stdout).toContain("nothing is pending");
    expect(exitCode).toBe(0);
  });
});

describe("rehearse", () => {
  it("runs with the settings of the target's sessions", async () => {
    await start("server", {
      "auth/003_type.sql":
        "-- socrates-db: phase 1\nALTER TABLE people ALTER COLUMN born TYPE timestamptz;\n",
    });
    const [{ name } = { name: "" }] = await place.query<{ name: string }>(
      "auth",
      "SELECT current_database() AS name",
    );
    await place.query("auth", `ALTER DATABASE ${name} SET TimeZone = 'UTC'`);
    expect((await rehearse()).report.statements[0].rewrites).toEqual([]);
    await place.query("auth", `ALTER DATABASE ${name} SET TimeZone = 'Europe/Berlin'`);
    expect((await rehearse()).report.statements[0].rewrites).toEqual(["public.people", "public.people_pkey"]);
  });

  it("accepts a hazard with a reason, and says which acceptance nothing needs", async () => {
    const index = "CREATE INDEX people_name ON people (name);";
    await start("embedded", {
      "auth/003_index.sql": `-- socrates-db: phase 1\n-- socrates-db: accept index-not-concurrent small table\n-- socrates-db: accept rewrite not here\n${index}\n`,
    });
    expect(codes((await rehearse()).report)).toEqual(["unused-accept:3"]);
    const file = path.join(place.folder, "migrations/auth/003_index.sql");
    writeFileSync(
      file,
      `-- socrates-db: phase 1\n-- socrates-db: accept index-not-concurent small\n${index}\n`,
    );
    const misspelt = await rehearse();
    expect(misspelt.exitCode).toBe(2);
    expect(misspelt.report.error).toMatchObject({
      code: "file-invalid",
      hint: 'Did you mean "index-not-concurrent"?',
    });
    writeFileSync(file, `-- socrates-db: phase 1\n-- socrates-db: accept index-not-concurrent\n${index}\n`);
    expect((await rehearse()).report.error).toMatchObject({ code: "file-invalid" });
  });

  it("reports what it could not measure, and the files after it", async () => {
    await start("embedded", {
      "auth/003_wrong.sql":
        "-- socrates-db: phase 1\nALTER TABLE people ADD COLUMN a int;\nALTER TABLE absent ADD COLUMN a int;\nALTER TABLE people ADD COLUMN b int;\n",
      "auth/005_after.sql": "-- socrates-db: phase 1\nALTER TABLE people ADD COLUMN c int;\n",
      "specs/004_fine.sql": "-- socrates-db: phase 1\nALTER TABLE papers ADD COLUMN c int;\n",
    });
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(2);
    expect(codes(report)).toEqual(["not-measured:1", "not-measured:3"]);
    expect(report.statements.map(({ measured }: { measured: boolean }) => measured)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(report.statements[1]).toMatchObject({
      error: "42P01",
      reason: 'relation "absent" does not exist',
    });
    expect(report.statements[2]).toMatchObject({ reason: "a statement before it fails" });
  });

  it("leaves out what needs an extension that the engine lacks, and measures the rest", async () => {
    await start("embedded", {
      "auth/003_space.sql":
        "-- socrates-db: phase 1\nCREATE EXTENSION postgis;\nALTER TABLE people ADD COLUMN place geometry;\nALTER TABLE people ADD COLUMN note text;\n",
    });
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(2);
    expect(codes(report)).toEqual(["not-measured:3"]);
    expect(report.statements[2]).toMatchObject({ measured: true, blocks: "reads" });
  });

  it("creates roles that a file names, and does not count them as its failure", async () => {
    await start("embedded", {
      "auth/003_grant.sql":
        "-- socrates-db: phase 1\nGRANT SELECT ON people TO reporting;\nCREATE POLICY p ON people TO reporting USING (true);\n",
    });
    const { report } = await rehearse();
    expect(codes(report)).toEqual(["policy-lock:3"]);
  });

  it("says where the outcome depends on rows, and measures without them", async () => {
    await start("embedded", {
      "auth/003_check.sql":
        "-- socrates-db: phase 1\nALTER TABLE people ADD CONSTRAINT young CHECK (id < -5);\n",
    });
    const { exitCode, report } = await rehearse();
    expect(exitCode).toBe(0);
    expect(codes(report)).toEqual(["data-dependent-failure:2", "scan-under-exclusive:2"]);
    expect(report.statements[0]).toMatchObject({
      measured: true,
      dependsOnRows: true,
      scans: ["public.people"],
    });
  });

  it("rehearses files: migrations at their place, others after all, down files after theirs", async () => {
    await start("embedded", {
      "auth/003_drop.sql": "-- socrates-db: phase 1\nDROP TABLE people;\n",
      "auth/003_drop.down.sql": people,
    });
    writeFileSync(path.join(place.folder, "loose.sql"), "ALTER TABLE papers ADD COLUMN c int;\n");
    writeFileSync(path.join(place.folder, "wrong.sql"), "SELECT 'open;\n");
    const first = await rehearse("migrations/auth/001_people.sql");
    expect(first.report.statements).toMatchObject([{ locks: [], measured: true }]);
    const down = await rehearse("migrations/auth/003_drop.down.sql");
    expect(down.report.statements).toMatchObject([{ locks: [], measured: true }]);
    const loose = await rehearse("loose.sql", "--database", "specs");
    expect(loose.report.statements).toMatchObject([{ locks: [{ relation: "public.papers" }] }]);
    for (const args of [
      ["loose.sql"],
      ["wrong.sql", "--database", "specs"],
      ["missing.sql", "--database", "specs"],
      ["loose.sql", "--since", "1"],
      ["--since", "77"],
      ["--to", "77"],
      ["--phase", "9"],
      ["--fail-on", "never"],
    ]) {
      const { exitCode, report } = await rehearse(...args);
      expect([args.join(" "), exitCode, typeof report.error?.hint]).toEqual([args.join(" "), 2, "string"]);
    }
  });

  it("has each hazard once, with all that its page needs", () => {
    place = { dispose: async () => {} } as Place;
    expect(new Set(hazards.map(({ id }) => id)).size).toBe(hazards.length);
    expect(hazards.length).toBeGreaterThanOrEqual(40);
    const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/hazards.md"), "utf8");
    for (const { id, condition, effect } of hazards)
      expect(page).toContain(`## ${id}\n\n${condition} ${effect}\n`);
  });

  it("writes all formats, at the line of the file", async () => {
    await start("embedded", {
      "auth/003_index.sql": "-- socrates-db: phase 1\nCREATE INDEX people_name ON people (name);\n",
    });
    mkdirSync(path.join(place.folder, "out"));
    const formats = ["json", "markdown", "github", "junit", "sarif"];
    const outputs = formats.flatMap((format) => ["--output", `${format}=out/${format}`]);
    await place.run(["rehearse", "--quiet", ...outputs]);
    for (const format of formats) {
      const text = readFileSync(path.join(place.folder, "out", format), "utf8");
      expect(text.replaceAll("\\_", "_")).toContain("003_index.sql");
      expect(text).toContain("index-not-concurrent");
    }
    const sarif = JSON.parse(readFileSync(path.join(place.folder, "out/sarif"), "utf8"));
    expect(sarif.runs[0].tool.driver.rules[0]).toMatchObject({
      id: "index-not-concurrent",
      shortDescription: { text: "An index is built on a table that exists, without CONCURRENTLY." },
    });
  });
});
