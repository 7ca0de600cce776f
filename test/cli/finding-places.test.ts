import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { writeProject } from "../support/project.ts";

interface Sarif {
  readonly runs: readonly {
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
    }[];
  }[];
}

/** A repository with the application and its config file in a folder below the root. */
describe("places of findings in reports for other programs", () => {
  let root = "";
  let folder = "";
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), "socrates-db-places-"));
    folder = path.join(root, "app");
    mkdirSync(path.join(root, ".git"));
    mkdirSync(folder);
    writeProject(folder, undefined, { document: "schema.md" });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const fence = (sql: string) => `\`\`\`sql\n${sql}\n\`\`\`\n`;
  function write(sql: string): void {
    writeFileSync(
      path.join(folder, "schema.md"),
      `## Phase 0\n### socrates_auth database\n#### Table: people\n${fence(sql)}### socrates_specs database\n#### Table: papers\n${fence("CREATE TABLE papers (id int PRIMARY KEY);")}`,
    );
  }
  const diff = (...args: string[]) =>
    runCli(["diff", "--from", "document", "--to", "migrations", "--phase", "0", ...args], { cwd: folder });

  it("gives each SARIF result a file relative to the root of the repository, and each rule its help", async () => {
    write("CREATE TABLE people (id int PRIMARY KEY);");
    const { stdout } = await diff("--format", "sarif");
    const { runs }: Sarif = JSON.parse(stdout);
    const places = runs[0]?.results.map(({ ruleId, locations }) => [
      ruleId,
      locations[0]?.physicalLocation.artifactLocation.uri,
    ]);
    expect(places).toEqual([["unexpected", "app/schema.md"]]);
    expect(runs[0]?.tool.driver.rules.map(({ help }) => help.text.length > 20)).toEqual([true]);
  });

  it("names the file of an annotation from the root that the CI names", async () => {
    write("CREATE TABLE people (id int PRIMARY KEY, name varchar(5));");
    expect((await diff("--format", "github")).stdout).toContain("file=app/schema.md,line=5,");
    const { stdout } = await runCli(
      ["diff", "--from", "document", "--to", "migrations", "--phase", "0", "--format", "github"],
      { cwd: folder, env: { GITHUB_WORKSPACE: folder } },
    );
    expect(stdout).toContain("file=schema.md,line=5,");
  });

  it.each([
    [
      "a value of an enum with the name of the column",
      "CREATE TYPE kind AS ENUM ('a', 'name');\nCREATE TABLE people (\n  id int PRIMARY KEY,\n  name varchar(5)\n);",
      8,
    ],
    [
      "a comment with it",
      "CREATE TABLE people (\n  -- name\n  id int PRIMARY KEY, -- the name follows\n  name varchar(5)\n);",
      8,
    ],
    [
      "a CHECK that mentions it before",
      "CREATE TABLE people (\n  id int PRIMARY KEY CHECK (id > length(name)),\n  name varchar(5)\n);",
      7,
    ],
    [
      "a function with it as a parameter",
      "CREATE FUNCTION f(n text) RETURNS text LANGUAGE sql AS 'SELECT n AS name';\nCREATE TABLE people (id int PRIMARY KEY,\n  name varchar(5));",
      7,
    ],
    [
      "a column that is added later",
      "CREATE TABLE people (id int PRIMARY KEY);\nALTER TABLE people\n  ADD COLUMN name varchar(5);",
      7,
    ],
  ])("points at the column, not at %s", async (_, sql, line) => {
    write(sql);
    const { stdout } = await diff("--format", "json");
    const { findings }: { findings: { object: string; location?: { line: number } }[] } = JSON.parse(stdout);
    expect(findings.find(({ object }) => object === "public.people.name")?.location?.line).toBe(line);
  });

  it.each([
    ["github", /^::error file=socrates-db.config.json,line=1,col=1,title=socrates-db diff::/],
    ["junit", /<testsuites tests="1" failures="0" errors="1"/],
    ["markdown", /^## socrates-db diff\n/],
    ["sarif", /"executionSuccessful": false/],
    ["json", /"code": "document-invalid"/],
  ])("writes valid %s where the run failed, also to a file", async (format, pattern) => {
    writeFileSync(path.join(folder, "schema.md"), "# Nothing\n");
    const { exitCode, stdout, stderr } = await diff("--format", format, "--output", `${format}=out`);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(pattern);
    expect(readFileSync(path.join(folder, "out"), "utf8")).toBe(stdout);
    expect(stderr).toContain("schema.md documents no table");
  });
});
