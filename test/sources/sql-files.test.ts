import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";

const plain = "CREATE TABLE pots (id integer NOT NULL, n text);\n";

/** A SQL file of pg_dump or of a person is a source of a comparison. */
describe("SQL files as sources", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "socrates-db-sql-"));
    writeFileSync(path.join(folder, "plain.sql"), plain);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function compare(sql: string) {
    writeFileSync(path.join(folder, "other.sql"), sql);
    const { exitCode, stderr } = await runCli(
      ["diff", "--from", "plain.sql", "--to", "other.sql", "--database", "auth"],
      { cwd: folder },
    );
    return { exitCode, error: /error: (.*)/.exec(stderr)?.[1] };
  }

  it.each([
    ["the lines that pg_dump writes for psql", `\\restrict a1B2\n${plain}\\unrestrict a1B2\n`],
    [
      "its settings and owners",
      `SET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n${plain.replace("pots", "public.pots")}ALTER TABLE public.pots OWNER TO an_owner;\n`,
    ],
    ["its schema public", `CREATE SCHEMA public;\nALTER SCHEMA public OWNER TO pg_database_owner;\n${plain}`],
    [
      "grants to roles that the shadow lacks",
      `${plain}GRANT SELECT ON pots TO a_reader;\nREVOKE ALL ON pots FROM a_reader;\n`,
    ],
    ["BEGIN and COMMIT", `BEGIN;\n${plain}COMMIT;\n`],
    ["START TRANSACTION and END", `START TRANSACTION;\n${plain}END;\n`],
  ])("reads %s", async (_, sql) => {
    expect(await compare(sql)).toEqual({ exitCode: 0, error: undefined });
  });

  it.each([
    [
      "rows for a client",
      `${plain}COPY pots (id, n) FROM stdin;\n1\ta\n\\.\n`,
      /^other.sql:2:1: COPY from stdin/,
    ],
    [
      "rows with an open quote",
      `${plain}COPY pots (id, n) FROM stdin;\n1\tit's\n\\.\n`,
      /^other.sql:2:1: COPY from stdin/,
    ],
    ["ROLLBACK", `BEGIN;\n${plain}ROLLBACK;\n`, /^other.sql:3:1: transaction control \(ROLLBACK\)/],
    [
      "another command of psql",
      `\\connect other\n${plain}`,
      /^other.sql:1:1: "\\connect" is a command of psql/,
    ],
  ])("refuses %s by name", async (_, sql, message) => {
    const { exitCode, error } = await compare(sql);
    expect({ exitCode, error }).toEqual({ exitCode: 2, error: expect.stringMatching(message) });
  });
});
