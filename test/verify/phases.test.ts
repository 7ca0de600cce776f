import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

const document = `# Schema

## socrates_auth database

#### Table: people (Phase 0)

\`\`\`sql
CREATE TABLE people (id int PRIMARY KEY, name text CONSTRAINT people_named CHECK (name <> ''));
CREATE INDEX people_by_name ON people (name);
\`\`\`

#### Table: teams (Phase 1)

\`\`\`sql
CREATE TABLE teams (id int PRIMARY KEY, lead int REFERENCES people (id));
ALTER TABLE teams ADD COLUMN motto text;
\`\`\`

## socrates_specs database

#### Table: papers (Phase 0)

\`\`\`sql
CREATE TABLE papers (id int PRIMARY KEY);
\`\`\`
`;

const chains: Readonly<Record<string, string>> = {
  "auth/001_people.sql": `-- socrates-db: phase 0
CREATE TABLE people (
    id int PRIMARY KEY,
    name text CONSTRAINT people_named CHECK (name <> '')
);
CREATE INDEX people_by_name ON people (name);
`,
  "auth/001_people.down.sql": "DROP TABLE people;\n",
  "specs/002_papers.sql": "-- socrates-db: phase 0\nCREATE TABLE papers (id int PRIMARY KEY);\n",
  "specs/002_papers.down.sql": "DROP TABLE papers;\n",
  "auth/003_teams.sql":
    "-- socrates-db: phase 1\nCREATE TABLE teams (id int PRIMARY KEY, lead int REFERENCES people (id));\n",
  "auth/003_teams.down.sql": "DROP TABLE teams;\n",
  // Within its own phase a migration may alter objects of another one.
  "auth/004_mottos.sql": "-- socrates-db: phase 1\nALTER TABLE teams ADD COLUMN motto text;\n",
  "auth/004_mottos.down.sql": "ALTER TABLE teams DROP COLUMN motto;\n",
};

interface Found {
  readonly severity: string;
  readonly code: string;
  readonly object?: string;
  readonly location?: { readonly file: string; readonly line: number };
}

describe("verify phases", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("embedded");
  });
  afterAll(() => place.dispose());

  async function verify(...args: string[]) {
    // Our own chains with the build's schemas, in a separate process.
    const spawn = args.includes("--built");
    const words = args.filter((word) => word !== "--built");
    const result = await place.run(["verify", "phases", "--format", "json", "--quiet", ...words], { spawn });
    const { findings = [], error } = JSON.parse(result.stdout);
    const short = findings.map(
      ({ severity, code, object = "", location }: Found) =>
        `${severity} ${code} ${object} ${location === undefined ? "" : `${path.basename(location.file)}:${location.line}`}`,
    );
    return { exitCode: result.exitCode, findings: short, full: findings, error };
  }

  /** The small project with some of its files replaced. */
  async function withFiles(files: Readonly<Record<string, string>>, text = document) {
    for (const key of ["auth", "specs"])
      rmSync(path.join(place.folder, "migrations", key), { recursive: true, force: true });
    writeProject(place.folder, { ...chains, ...files }, { document: "schema.md" });
    writeFileSync(path.join(place.folder, "schema.md"), text);
    return verify();
  }

  it("finds nothing in our own chains, at any phase", async () => {
    expect(await verify("--built")).toMatchObject({ exitCode: 0, findings: [] });
    expect(await verify("--built", "--phase", "2")).toMatchObject({ exitCode: 0, findings: [] });
    const contradictions = path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md");
    expect(await verify("--built", "--document", contradictions)).toMatchObject({
      exitCode: 0,
      findings: [],
    });
  });

  it("lets a migration alter what its own phase has made", async () => {
    expect(await withFiles({})).toMatchObject({ exitCode: 0, findings: [] });
  });

  it("names each way to alter or drop what an earlier phase has made", async () => {
    const { exitCode, findings, full } = await withFiles({
      "auth/004_mottos.sql": `-- socrates-db: phase 1
ALTER TABLE teams ADD COLUMN motto text;
CREATE TYPE mood AS ENUM ('good', 'bad');
ALTER TABLE people ADD COLUMN mood mood;
CREATE INDEX people_by_mood ON people (mood);
ALTER TABLE people ALTER COLUMN name TYPE varchar(80);
ALTER TABLE people ADD CONSTRAINT people_short CHECK (length(name) < 80);
CREATE INDEX people_by_length ON people (length(name));
CREATE UNIQUE INDEX people_once ON people (lower(name));
ALTER INDEX people_by_name RENAME TO people_names;
CREATE RULE quiet AS ON DELETE TO people DO INSTEAD NOTHING;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people USING (true);
`,
      "auth/004_mottos.down.sql": `ALTER TABLE teams DROP COLUMN motto;
DROP POLICY own ON people;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
DROP RULE quiet ON people;
ALTER INDEX people_names RENAME TO people_by_name;
DROP INDEX people_once;
DROP INDEX people_by_length;
ALTER TABLE people DROP CONSTRAINT people_short;
ALTER TABLE people DROP COLUMN mood;
DROP TYPE mood;
ALTER TABLE people ALTER COLUMN name TYPE text;
`,
    });
    expect(exitCode).toBe(1);
    const promised = findings.filter((finding: string) => finding.includes("-earlier "));
    expect(promised).toEqual([
      "error alters-earlier public.people 004_mottos.sql:4",
      "error alters-earlier public.people.mood 004_mottos.sql:4",
      "error alters-earlier public.people.name 004_mottos.sql:6",
      "error alters-earlier public.people.own 004_mottos.sql:13",
      "error alters-earlier public.people.people_by_name 004_mottos.sql:10",
      "error alters-earlier public.people.people_once 004_mottos.sql:9",
      "error alters-earlier public.people.people_short 004_mottos.sql:7",
      "error alters-earlier public.people.quiet 004_mottos.sql:11",
      "warning indexes-earlier public.people.people_by_length 004_mottos.sql:8",
      "warning indexes-earlier public.people.people_by_mood 004_mottos.sql:5",
    ]);
    const column = full.find(
      ({ object, code }: Record<string, string>) =>
        code === "alters-earlier" && object === "public.people.name",
    );
    expect(column).toMatchObject({
      attribute: "type",
      expected: "text",
      actual: "character varying(80)",
      message:
        "004_mottos of phase 1 changes column public.people.name: type from text to character varying(80), but 001_people of phase 0 created it",
    });
    // Its down file is exact, however much the migration does.
    expect(findings.filter((finding: string) => finding.includes(" down-"))).toEqual([]);
  });

  it("reports what a later migration drops, and that the chain differs from the document", async () => {
    const { exitCode, findings, full } = await withFiles({
      "auth/004_mottos.sql":
        "-- socrates-db: phase 1\nALTER TABLE teams ADD COLUMN motto text;\nDROP INDEX people_by_name;\n",
      "auth/004_mottos.down.sql":
        "CREATE INDEX people_by_name ON people (name);\nALTER TABLE teams DROP COLUMN motto;\n",
    });
    expect({ exitCode, findings }).toEqual({
      exitCode: 1,
      findings: [
        "error drops-earlier public.people.people_by_name 004_mottos.sql:3",
        "error missing public.people.people_by_name schema.md:9",
      ],
    });
    expect(full[1].hint).toContain("after phase 1");
  });

  it("reports what a down file leaves, loses, or fails at, each separately", async () => {
    const { exitCode, findings } = await withFiles({
      // An index of another table is not dropped with DROP TABLE.
      "auth/003_teams.sql":
        "-- socrates-db: phase 1\nCREATE TABLE teams (id int PRIMARY KEY, lead int REFERENCES people (id));\nCREATE INDEX people_twice ON people (id, name);\n",
      "auth/004_mottos.down.sql":
        "ALTER TABLE teams DROP COLUMN motto;\nALTER TABLE teams DROP COLUMN lead;\n",
      "auth/001_people.down.sql": "DROP TABLE people;\nDROP TABLE persons;\n",
    });
    expect({ exitCode, findings }).toEqual({
      exitCode: 1,
      findings: [
        "error down-failed  001_people.down.sql:2",
        "error down-leaves public.people.people_twice 003_teams.down.sql:1",
        "error unexpected public.people.people_twice 003_teams.sql:3",
        "error down-loses public.teams.lead 004_mottos.down.sql:2",
        "error down-loses public.teams.teams_lead_fkey 004_mottos.down.sql:2",
        "warning indexes-earlier public.people.people_twice 003_teams.sql:3",
      ],
    });
  });

  it("says whether an index of a later phase locks its table", async () => {
    const { full } = await withFiles({
      "auth/003_teams.sql": `${chains["auth/003_teams.sql"]}CREATE INDEX people_twice ON people (id, name);\n`,
      "auth/005_thrice.sql":
        "-- socrates-db: phase 2\n-- socrates-db: no-transaction\nCREATE INDEX CONCURRENTLY people_thrice ON people (name, id);\n",
      "auth/005_thrice.down.sql": "DROP INDEX people_thrice;\n",
    });
    const found = full.filter(({ code }: { code: string }) => code === "indexes-earlier");
    expect(
      found.map(({ severity, object, hint }: Record<string, string>) => [severity, object, hint]),
    ).toEqual([
      [
        "warning",
        "public.people.people_twice",
        "Building it locks a table in use: use CREATE INDEX CONCURRENTLY in a no-transaction migration instead.",
      ],
      ["advice", "public.people.people_thrice", "It is built CONCURRENTLY, so the table stays available."],
    ]);
  });

  it("warns about a migration that cannot be rolled back", async () => {
    const { "auth/004_mottos.down.sql": _, ...rest } = chains;
    const other = await makePlace("embedded");
    try {
      writeProject(other.folder, rest, { document: "schema.md" });
      writeFileSync(path.join(other.folder, "schema.md"), document);
      const { exitCode, stdout } = await other.run(["verify", "phases", "--quiet"]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("004_mottos has no down file");
    } finally {
      await other.dispose();
    }
  });

  it("reports what only the document or only the migrations have", async () => {
    const { exitCode, findings } = await withFiles(
      {},
      document
        .replace("id int PRIMARY KEY, lead int", "id bigint PRIMARY KEY, lead int")
        .replace("ADD COLUMN motto text", "ADD COLUMN slogan varchar(9)"),
    );
    expect({ exitCode, findings }).toEqual({
      exitCode: 1,
      findings: [
        "error changed public.teams.id schema.md:15",
        "error unexpected public.teams.motto 004_mottos.sql:2",
        "error missing public.teams.slogan schema.md:16",
      ],
    });
  });

  it("reports where an invalid migration fails", async () => {
    const { exitCode, error } = await withFiles({
      "auth/003_teams.sql": "-- socrates-db: phase 1\nCREATE TABLE teams (id int REFERENCES absent);\n",
    });
    expect(exitCode).toBe(2);
    expect(error).toMatchObject({ code: "migration-failed" });
    expect(error.message).toMatch(/003_teams\.sql:2/);
  });
});
