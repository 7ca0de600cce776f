import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { writeProject } from "../support/project.ts";

const people = "CREATE TABLE people (id int PRIMARY KEY, name text);";
const papers = "CREATE TABLE papers (id int PRIMARY KEY);";
const table = (name: string, sql: string) => `#### Table: ${name}\n\`\`\`sql\n${sql}\n\`\`\`\n`;
const auth = "### socrates_auth database\n";
const specs = `### socrates_specs database\n${table("papers", papers)}`;

describe("real documents (fault 53)", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "socrates-db-document-"));
    writeProject(folder, undefined, { document: "schema.md" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string | Uint8Array) => writeFileSync(path.join(folder, "schema.md"), text);
  async function codes(command: readonly string[]): Promise<{ exitCode: number | string; found: string[] }> {
    const { exitCode, stdout } = await runCli([...command, "--format", "json"], { cwd: folder });
    const {
      findings = [],
      error,
    }: { findings?: { code: string; location?: { line: number } }[]; error?: { message: string } } =
      JSON.parse(stdout);
    return {
      exitCode,
      found:
        error === undefined
          ? findings.map(({ code, location }) => `${code} ${location?.line}`)
          : [error.message],
    };
  }

  it("reports a database that does not exist, and the nearest one", async () => {
    write(`## Phase 0\n### socrates_auht database\n${table("people", people)}${specs}`);
    expect(await codes(["verify", "document"])).toEqual({ exitCode: 1, found: ["unknown-database 3"] });
    const { stdout } = await runCli(["verify", "document"], { cwd: folder });
    expect(stdout).toContain('Did you mean "socrates_auth"?');
  });

  it("names a phase that only the document has, also in a comparison with the migrations", async () => {
    const sql = "CREATE TABLE later (id int);";
    write(
      `## Phase 0\n${auth}${table("people", people)}${table("teams (Phase 1)", "CREATE TABLE teams (id int PRIMARY KEY);")}${table("later (Phase 7)", sql)}${specs}`,
    );
    expect(await codes(["verify", "document"])).toEqual({
      exitCode: 0,
      found: ["phase-without-migrations 11"],
    });
    expect(await codes(["diff", "--from", "document", "--to", "migrations", "--phase", "1"])).toEqual({
      exitCode: 0,
      found: ["phase-without-migrations 11"],
    });
  });

  it("does not compare SQL below another heading, and reports it in a diff", async () => {
    write(
      `## Phase 0\n${auth}${table("people", people)}${table("teams (Phase 1)", "CREATE TABLE teams (id int PRIMARY KEY);")}### Notes\n\`\`\`sql\nCREATE VIEW v AS SELECT 1;\n\`\`\`\n${specs}`,
    );
    const command = ["diff", "--from", "document", "--to", "migrations"];
    expect(await codes(command)).toEqual({ exitCode: 0, found: ["outside-table 13"] });
    expect((await codes([...command, "--strict"])).exitCode).toBe(1);
  });

  it.each([
    [
      "Latin-1",
      Buffer.concat([Buffer.from("# Gr"), Buffer.from([0xf6]), Buffer.from("sse\n")]),
      "is not UTF-8 at byte 4",
    ],
    ["UTF-16", Buffer.from("\ufeff# Tables\n", "utf16le"), "is encoded in UTF-16, not in UTF-8"],
    ["NUL bytes", Buffer.from("# Tables\0\n"), "contains a NUL byte at byte 8"],
  ])("refuses %s", async (_, bytes, message) => {
    write(bytes);
    const { exitCode, found } = await codes(["verify", "document"]);
    expect({ exitCode, message: found[0] }).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [
      "a type after its table",
      `${table("people", "CREATE TABLE people (id int PRIMARY KEY, name text, m mood);")}${table("moods", "CREATE TYPE mood AS ENUM ('calm');\nCREATE TABLE moods (m mood);")}`,
    ],
    [
      "a function after its default",
      `${table("people", "CREATE TABLE people (id int PRIMARY KEY DEFAULT next_id());")}${table("ids", "CREATE TABLE ids (n int);\nCREATE FUNCTION next_id() RETURNS int LANGUAGE sql AS 'SELECT max(n) + 1 FROM ids';")}`,
    ],
    [
      "a schema after its table",
      `${table("stock.people", "CREATE TABLE stock.people (id int PRIMARY KEY);")}${table("ids", "CREATE SCHEMA stock;\nCREATE TABLE ids (n int);")}`,
    ],
    [
      "a view of a table further down",
      `${table("people", `${people}\nCREATE VIEW v AS SELECT n FROM ids;`)}${table("ids", "CREATE TABLE ids (n int);")}`,
    ],
    [
      "a role that no server has",
      table(
        "people",
        `${people}\nCREATE POLICY own ON people TO a_reader USING (true);\nGRANT SELECT ON people TO another_one;\nALTER TABLE people OWNER TO a_third;`,
      ),
    ],
  ])("runs %s", async (_, body) => {
    write(`## Phase 0\n${auth}${body}${specs}`);
    expect(await codes(["verify", "document"])).toEqual({ exitCode: 0, found: [] });
  });

  it("counts the indexes of tables in any schema", async () => {
    const sql =
      "CREATE SCHEMA stock;\nCREATE TABLE stock.people (id int PRIMARY KEY, n int UNIQUE);\nCREATE INDEX p ON stock.people (n);";
    const claims = "## Indexes\nstock.people: 2 indexes\n\nTotal: 3 indexes\n";
    write(`## Phase 0\n${auth}${table("stock.people", sql)}${specs}${claims}`);
    expect(await codes(["verify", "document"])).toEqual({ exitCode: 0, found: ["wrong-count 17"] });
  });
});
