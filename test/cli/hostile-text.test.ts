import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataText } from "../../src/cli/io.ts";
import { visible } from "../../src/report/visible.ts";
import type { CliResult } from "../support/cli.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { writeProject } from "../support/project.ts";

/**
 * Texts that would move a cursor, change colours, forge a line or reverse text, each by a different kind of
 * character.
 */
const hostile = "a\n::error::b\r\u001b[2J\u001b[31mc\u0007\u009b1m\u202ed\u2066e\u2028f\u2029g\u200f";
const name = `"${hostile}"`;
const literal = `E'${hostile.replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;

const files = {
  "auth/001_people.sql": "-- socrates-db: phase 0\nCREATE TABLE people (id int PRIMARY KEY);\n",
  "auth/001_people.down.sql": "DROP TABLE people;\n",
  "specs/002_papers.sql": `-- socrates-db: phase 0\nCREATE TABLE ${name} (${name} int PRIMARY KEY);\n`,
  "specs/002_papers.down.sql": `DROP TABLE ${name};\n`,
};

/** No line begins like a workflow command, and the only hidden characters are line ends and tabs. */
function expectClean({ stdout, stderr }: CliResult): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(/^\s*::error::/m);
    expect(text.split("\n").filter((line) => visible(line.replaceAll("\t", "")) !== line)).toEqual([]);
  }
}

describe.each(sampledEngines("server"))("hostile names, comments and messages on %s (fault 50)", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
    writeProject(place.folder, files);
    expect(await place.run(["migrate", "--quiet"])).toMatchObject({ exitCode: 0 });
    await place.query("specs", `INSERT INTO ${name} VALUES (1)`);
    await place.query("specs", `COMMENT ON TABLE ${name} IS ${literal}`);
    await place.query(
      "auth",
      `CREATE TABLE ${name} (id int); CREATE VIEW v AS SELECT id AS ${name} FROM people`,
    );
    await place.query(
      "auth",
      `INSERT INTO socrates_db.migrations SELECT 1000, ${literal}, 0, checksum, applied_at, duration_ms, applied_by, tool_version FROM socrates_db.migrations`,
    );
    mkdirSync(path.join(place.folder, "out"));
  });
  afterAll(() => place.dispose());

  it("github annotations are one line each", async () => {
    const { stdout } = await place.run(["diff", "--format", "github"]);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) [^:]*title=socrates-db diff::/);
    expect(lines.map(visible)).toEqual(lines);
  });

  it.each([
    [["status"], 0],
    [["diff"], 1],
    [["diff", "--format", "markdown"], 1],
    [["diff", "--format", "json"], 1],
    [["diff", "--format", "junit"], 1],
    [["diff", "--format", "sarif"], 1],
    [["diff", "--output", "text=out/diff.txt"], 1],
    [["verify", "ledger"], 1],
    [["verify", "indexes"], 0],
    [["trace", "specs.people"], 2],
    [["diagram", "--source", "live", "--width", "400"], 0],
    [["diagram", "--source", "live", "--style", "mermaid", "--columns", "all"], 0],
    [["diagram", "--source", "live", "--style", "dot", "--columns", "all"], 0],
    [["rollback", "--database", "specs", "--to", "0"], 3],
    [["rollback", "--database", "specs", "--to", "0", "--dry-run", "--format", "json"], 0],
    [["doctor"], 0],
    [["migrate", "--to", `x${hostile}`], 2],
    [["diff", "--from", `x${hostile}`], 2],
    [[`x${hostile}`], 2],
    [["status", `--config=${hostile}.json`], 2],
    [["status", "--embedded", `--data-dir=${hostile}`], 0],
  ])("%j", async (args, exitCode) => {
    const result = await place.run(args);
    expect(result).toMatchObject({ exitCode });
    expectClean(result);
  });

  it.each([
    ["an exception's message", `RAISE EXCEPTION USING MESSAGE = ${literal}`],
    ["its detail", `RAISE EXCEPTION USING MESSAGE = 'no', DETAIL = ${literal}`],
    ["its hint", `RAISE EXCEPTION USING MESSAGE = 'no', HINT = ${literal}`],
    ["its table", `INSERT INTO ${name} VALUES ('x')`],
  ])("of a migration: %s", async (_, statement) => {
    const other = await makePlace(engine);
    try {
      writeProject(other.folder, {
        "auth/001_people.sql": `-- socrates-db: phase 0\nCREATE TABLE ${name} (id int PRIMARY KEY);\nDO $$BEGIN ${statement}; END$$;\n`,
        "specs/002_papers.sql": files["specs/002_papers.sql"],
      });
      for (const more of [[], ["--verbose"], ["--format", "json"]]) {
        const result = await other.run(["migrate", ...more]);
        expect(result).toMatchObject({ exitCode: 3 });
        expectClean(result);
      }
    } finally {
      await other.dispose();
    }
  });

  it("SQL for a program is unchanged; a terminal gets it escaped", async () => {
    const { stdout } = await place.run(["rollback", "--database", "specs", "--to", "0", "--dry-run"]);
    expect(stdout).toContain(files["specs/002_papers.down.sql"]);
    const [comment = ""] = /^-- would lose: .*$/m.exec(stdout) ?? [];
    expect(comment).toContain("\\n::error::b\\u000d\\u001b[2J");
    expect(dataText(stdout, { env: {}, stdoutIsTerminal: true }, "exact")).not.toContain("\u001b");
  });
});
