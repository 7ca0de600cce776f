import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const document = (columns: string) =>
  `# Shop\n\n## Table: jars (Phase 0)\n\n\`\`\`sql\nCREATE TABLE jars (${columns});\n\`\`\`\n`;

/** A repository with one database, whose second migration adds a column and an index. */
function repository(
  columns = "id int PRIMARY KEY, label text",
  config: Readonly<Record<string, unknown>> = { document: "schema.md" },
): string {
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-report-"));
  folders.push(folder);
  mkdirSync(path.join(folder, "m"));
  const files = {
    "schema.md": document(columns),
    "m/001_jars.sql": "-- socrates-db: phase 0\nCREATE TABLE jars (id int PRIMARY KEY);\n",
    "m/001_jars.down.sql": "DROP TABLE jars;\n",
    "m/002_label.sql": "-- socrates-db: phase 0\nALTER TABLE jars ADD COLUMN label text;\n",
    "m/002_label.down.sql": "ALTER TABLE jars DROP COLUMN label;\n",
    "socrates-db.config.json": JSON.stringify({ databases: { shop: { migrations: "m" } }, ...config }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const run = (cwd: string, ...args: string[]) => runCli(["report", "--quiet", ...args], { cwd });

describe("report without a database", () => {
  it("compares the document with the migrations, and states what it has not compared", async () => {
    const { exitCode, stdout, stderr } = await run(repository());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(
      "shop: no connection string is configured, so the live database was not compared.",
    );
    expect(stdout).toContain("Hazards were not checked");
    expect(stdout).toContain("✔ migrations");
    expect(stdout).not.toContain("✔ live");
  });

  it("exits with 1 for drift between document and migrations, with file and line", async () => {
    const { exitCode, stdout } = await run(
      repository("id int PRIMARY KEY, label text, size int"),
      "--format",
      "json",
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [
        {
          code: "missing",
          object: "public.jars.size",
          location: { file: "schema.md", line: expect.any(Number) },
        },
      ],
      checks: [{ name: "document" }, { name: "migrations", errors: 1 }],
    });
  });

  it("makes a document with errors a finding, and still rehearses", async () => {
    const folder = repository();
    writeFileSync(path.join(folder, "schema.md"), document("id nosuchtype"));
    const { exitCode, stdout } = await run(folder, "--since", "1", "--format", "json");
    const { findings, checks, notChecked } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(notChecked).toContain("The check of the migrations ended with an error of another check.");
    const errors = findings.filter(({ severity }: { severity: string }) => severity === "error");
    // The document is needed by two checks, and reported once.
    expect(errors).toEqual([
      expect.objectContaining({ location: expect.objectContaining({ file: "schema.md" }) }),
    ]);
    expect(checks.map(({ name }: { name: string }) => name)).toContain("hazards");
  });

  it("cannot run where neither a document nor migrations exist", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-report-"));
    folders.push(folder);
    writeFileSync(path.join(folder, "socrates-db.config.json"), '{"databases":{"shop":{}}}');
    expect(await run(folder)).toMatchObject({ exitCode: 2 });
  });
});

describe("what is new", () => {
  const drawn = '"+ jars"';
  it.each([
    ["after a number", ["--since", "1"]],
    ["among changed files", ["README.md", "m/002_label.sql", "m/002_label.down.sql"]],
  ])("%s: its hazards and the column that it adds", async (_, args) => {
    const folder = repository();
    writeFileSync(
      path.join(folder, "m/002_label.sql"),
      "-- socrates-db: phase 0\nALTER TABLE jars ADD COLUMN label text;\nCREATE INDEX i ON jars (id);\nDROP INDEX i;\n",
    );
    const { stdout } = await run(folder, "--format", "markdown", ...args);
    expect(stdout).toContain("- shop: m/002\\_label.sql, phase 0");
    expect(stdout).toMatch(/index-not-concurrent.*m\/002\\_label\.sql:3 /);
    expect(stdout).toContain('text label "added, may be NULL"');
    expect(stdout).not.toContain(drawn);
  });

  it("reports no hazard of a migration that is not among the files", async () => {
    const folder = repository();
    writeFileSync(
      path.join(folder, "m/003_index.sql"),
      "-- socrates-db: phase 0\nCREATE INDEX i ON jars (id);\n",
    );
    writeFileSync(path.join(folder, "m/003_index.down.sql"), "DROP INDEX i;\n");
    const json = async (...args: string[]) =>
      JSON.parse((await run(folder, "--format", "json", ...args)).stdout).findings.map(
        ({ code }: { code: string }) => code,
      );
    expect(await json("m/003_index.sql")).toContain("index-not-concurrent");
    expect(await json("m/002_label.sql")).not.toContain("index-not-concurrent");
  });

  it("nothing, if no file is a migration", async () => {
    const { stdout } = await run(repository(), "--format", "markdown", "README.md");
    expect(stdout).toContain("| Hazards of new migrations | no findings |");
    expect(stdout).toContain("No diagram: no migration is new.");
  });

  it("is said in one way only, and by a number that exists", async () => {
    const both = await run(repository(), "--since", "1", "m/002_label.sql");
    expect(both).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Leave out --since") });
    expect(await run(repository(), "--since", "9")).toMatchObject({ exitCode: 2 });
  });
});

describe("the diagram of many tables", () => {
  const tables = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `CREATE TABLE t${i} (id int PRIMARY KEY${i === 1 ? ", t0 int REFERENCES t0" : ""});\n`,
    ).join("");

  /** A repository whose second migration is this SQL. */
  function large(count: number, change: string): string {
    const folder = repository(undefined, {});
    const files = {
      "m/001_jars.sql": tables(count),
      "m/002_label.sql": change,
    };
    for (const [name, sql] of Object.entries(files))
      writeFileSync(path.join(folder, name), `-- socrates-db: phase 0\n${sql}`);
    return folder;
  }
  const drawn = (text: string) => [...text.matchAll(/^ {2}\w+\["(.*)"\]/gm)].map(([, name]) => name);

  it("has the changed ones with their neighbours", async () => {
    const folder = large(40, "ALTER TABLE t1 ADD COLUMN label text;");
    const { stdout } = await run(folder, "--since", "1", "--format", "markdown");
    expect(stdout).toContain("The changed tables and their neighbours: ");
    expect(drawn(stdout)).toEqual(["t0", "~ t1"]);
  });

  it("is left out with a reason, if no table or too much changes", async () => {
    const none = large(40, "CREATE TYPE mood AS ENUM ('sad');");
    const { stdout } = await run(none, "--since", "1", "--format", "markdown");
    expect(stdout).toContain("No diagram: no table changes, and there are more than 30.");
    const all = large(
      1,
      tables(900).replaceAll("TABLE t", "TABLE u").replace("REFERENCES t0", "REFERENCES u0"),
    );
    const much = await run(all, "--since", "1", "--format", "markdown");
    expect(much.stdout).toContain("No diagram: the change is too large.");
    expect(drawn(much.stdout)).toEqual([]);
  });
});

describe("output", () => {
  it("--out replaces a file; --output writes the findings in another format", async () => {
    const folder = repository("id int PRIMARY KEY");
    const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
    writeFileSync(path.join(folder, "comment.md"), "old");
    const { exitCode, stdout } = await run(
      folder,
      ...["--format", "markdown", "--out", "comment.md", "--output", "sarif=report.sarif"],
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(read("comment.md")).toMatch(/^<!-- socrates-db -->\n## socrates-db: 1 error\n/);
    const [{ results }] = JSON.parse(read("report.sarif")).runs;
    expect(results).toHaveLength(1);
    expect(results[0].locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
    const { exitCode: failed } = await run(folder, "--out", "no/such/comment.md");
    expect(failed).toBe(2);
  });

  it("--fail-on decides which findings exit with 1", async () => {
    const folder = repository();
    writeFileSync(
      path.join(folder, "m/002_label.sql"),
      "-- socrates-db: phase 0\nALTER TABLE jars ADD COLUMN label text;\nCREATE INDEX i ON jars (id);\nDROP INDEX i;\n",
    );
    const { stdout } = await run(folder, "--since", "1", "--format", "json");
    const { summary } = JSON.parse(stdout);
    expect(summary).toMatchObject({ errors: 0 });
    expect(summary.warnings).toBeGreaterThan(0);
    expect(await run(folder, "--since", "1")).toMatchObject({ exitCode: 0 });
    expect(await run(folder, "--since", "1", "--fail-on", "warning")).toMatchObject({ exitCode: 1 });
  });

  it("the library returns what the command prints as JSON", async () => {
    const folder = repository();
    const { stdout } = await run(folder, "--since", "1", "--format", "json");
    await using project = await open({ cwd: folder, env: {} });
    const result = await project.report({ since: 1 });
    expect(result.newMigrations?.map(({ name }) => name)).toEqual(["label"]);
    // Paths are relative to the process, which is elsewhere.
    const plain = (text: string) => text.replace(/"file":"[^"]*?(m\/[^"]*)"/g, '"file":"$1"');
    expect(JSON.parse(plain(JSON.stringify(result)))).toEqual(JSON.parse(stdout));
  });
});

describe("report with live databases", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server", { migrated: true });
  });
  afterAll(() => place.dispose());

  it("compares them: a dropped index is drift of one", async () => {
    await place.query("specs", "DROP INDEX idx_projects_user_id");
    const { exitCode, stdout } = await place.run(["report", "--format", "markdown"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("| Live databases | 1 error |");
    expect(stdout).toMatch(
      /❌ error \| specs: index public\.projects\.idx\\_projects\\_user\\_id is missing/,
    );
    expect(stdout).toMatch(/\| \S*docs\/schema\.md:\d+ \|/);
  });

  it("one that does not answer is a finding, and does not keep the other from being compared", async () => {
    const [auth = "", specs = ""] = Object.keys(place.env);
    const env = { [auth]: "postgresql://me@127.0.0.1:1/nowhere", [specs]: place.env[specs] ?? "" };
    const { exitCode, stdout } = await place.run(["report", "--since", "12", "--format", "json"], { env });
    const { findings, notChecked, checks } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(findings).toContainEqual(expect.objectContaining({ code: "connection-failed", database: "auth" }));
    expect(findings).toContainEqual(expect.objectContaining({ code: "missing", database: "specs" }));
    expect(notChecked).toContain("auth: the live database could not be read; see the findings.");
    // Hazards need no database that answers.
    expect(checks).toContainEqual({ name: "hazards", errors: 0, warnings: 0, advice: 4 });
  });
});
