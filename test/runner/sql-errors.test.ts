import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

/** The output of `migrate` when the last file of specs fails: earlier ones are applied, and it is rolled back. */
async function failure(place: Place, sql: string): Promise<string> {
  writeProject(place.folder, { ...smallChains, "specs/004_notes.sql": `-- socrates-db: phase 2\n${sql}` });
  const { text } = await refusal(place, ["migrate"]);
  const { specs } = await catalogOf(place);
  expect(specs?.filter((name) => name.startsWith("public."))).toEqual([
    "public.papers",
    "public.papers_pkey",
  ]);
  const rows = await place.query<{ number: number }>("specs", "SELECT number FROM socrates_db.migrations");
  expect(rows).toEqual([{ number: 2 }]);
  return text;
}

describe.each(engines)("an SQL error on the %s engine", (engine) => {
  let place: Place;
  afterEach(() => place.dispose());

  it("in a file of several statements, after multi-byte characters", async () => {
    place = await makePlace(engine);
    const text = await failure(
      place,
      "CREATE TABLE notes (id int);\n\nCREATE TABLE \"é中\" (a text DEFAULT '😀 é', b nonsense);\nCREATE TABLE later ();\n",
    );
    expect(text).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:4:44: type "nonsense" does not exist (42704)
        4 | CREATE TABLE "é中" (a text DEFAULT '😀 é', b nonsense);
          |                                              ^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
});

describe("where an SQL error is", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server");
  });
  afterAll(() => place.dispose());
  const on = (sql: string) => failure(place, sql);

  it("a syntax error", async () => {
    expect(await on("CREATE TABLE notes (id int);\nCREATE TABEL more ();")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:8: syntax error at or near "TABEL" (42601)
        3 | CREATE TABEL more ();
          |        ^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a syntax error at the end of a statement", async () => {
    expect(await on("CREATE TABLE notes (\n  id int,\n);\nSELECT 1;")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:4:1: syntax error at or near ")" (42601)
        4 | );
          | ^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a missing comma, with Windows line endings", async () => {
    expect(await on("CREATE TABLE notes (\r\n\tid int\r\n\tname text\r\n);\r\n")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:4:2: syntax error at or near "name" (42601)
        4 | 	name text
          | 	^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a column that does not exist, with PostgreSQL's hint", async () => {
    expect(await on("CREATE TABLE notes (title text);\nSELECT titel FROM notes;")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:8: column "titel" does not exist (42703)
        3 | SELECT titel FROM notes;
          |        ^
      PostgreSQL hint: Perhaps you meant to reference the column "notes.title".
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a table that exists: no position, so the start of the statement", async () => {
    expect(await on("SELECT 1;\n  CREATE TABLE papers (id int);")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:3: relation "papers" already exists (42P07)
        3 |   CREATE TABLE papers (id int);
          |   ^
      hint: The object already exists, created by hand or by another tool: rename or drop it, then run the command again."
    `);
  });
  it("a division by zero", async () => {
    expect(await on("SELECT 1;\nSELECT\n  1 / (SELECT 0);")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:1: division by zero (22012)
        3 | SELECT
          | ^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a unique violation, with PostgreSQL's detail", async () => {
    expect(
      await on("INSERT INTO papers VALUES (1), (2);\nINSERT INTO papers VALUES (2);"),
    ).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:1: duplicate key value violates unique constraint "papers_pkey" (23505)
        3 | INSERT INTO papers VALUES (2);
          | ^
      detail: Key (id)=(2) already exists.
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("in a DO block", async () => {
    const sql = "SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  PERFORM 1 / 0;\nEND\n$$;";
    expect(await on(sql)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:6:3: division by zero (22012)
        6 |   PERFORM 1 / 0;
          |   ^
      context: SQL statement "SELECT 1 / 0"
        | PL/pgSQL function inline_code_block line 4 at PERFORM
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("in the syntax of a DO block", async () => {
    expect(await on("SELECT 1;\nDO $$\nBEGIN\n  PERFROM 1;\nEND\n$$;")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:5:3: syntax error at or near "PERFROM" (42601)
        5 |   PERFROM 1;
          |   ^
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("in a function that the file creates and calls", async () => {
    const sql =
      "CREATE FUNCTION half(n int) RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN n / 0;\nEND\n$$;\nSELECT 1;\nSELECT half(2);";
    expect(await on(sql)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:8:1: division by zero (22012)
        8 | SELECT half(2);
          | ^
      context: PL/pgSQL function half(integer) line 3 at RETURN
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("in SQL that a function runs", async () => {
    const sql =
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELEC 1'; END $$;\nSELECT f();";
    expect(await on(sql)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:3:1: syntax error at or near "SELEC" (42601)
        3 | SELECT f();
          | ^
      context: PL/pgSQL function f() line 1 at EXECUTE
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("a cause of several lines is joined to one", async () => {
    const sql =
      "DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo' USING DETAIL = E'three\\nfour', HINT = 'five'; END $$;";
    expect(await on(sql)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_notes.sql:2:7: one two (P0001)
        2 | DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo' USING DETAIL = E'three\\nfour', HINT = 'five'; END $$;
          |       ^
      detail: three
        | four
      PostgreSQL hint: five
      context: PL/pgSQL function inline_code_block line 1 at RAISE
      hint: The migration was rolled back. Fix the file, then run the command again."
    `);
  });
  it("transaction control that hides from the lexer is refused by PostgreSQL (fault 20)", async () => {
    const text = await on("CREATE TABLE notes ();\nDO $$ BEGIN EXECUTE 'COMMIT'; END $$;");
    expect(text).toContain("004_notes.sql:3:7: ");
    expect(text).toContain("hint: Remove transaction control from the file");
  });
  it("a name that PostgreSQL would truncate (fault 26)", async () => {
    const text = await on(
      "CREATE TABLE notes ();\nDO $$ BEGIN EXECUTE 'CREATE TABLE ' || repeat('n', 64) || ' ()'; END $$;",
    );
    expect(text).toMatch(
      /^error: migrations\/specs\/004_notes\.sql: identifier "n{64}" will be truncated to "n{63}"$/m,
    );
  });
  it("a name of 63 bytes is not truncated", async () => {
    const name = "n".repeat(63);
    const files = { "auth/005_long.sql": `-- socrates-db: phase 2\nCREATE TABLE ${name} ();` };
    writeProject(place.folder, { ...smallChains, ...files });
    rmSync(path.join(place.folder, "migrations/specs/004_notes.sql"), { force: true });
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    expect((await catalogOf(place))["auth"]).toContain(`public.${name}`);
  });
});
