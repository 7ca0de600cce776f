import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { smallChains, writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = { run: (args: readonly string[]) => runCli(args, { cwd: folder }) };

/** The output of `migrate` for files next to valid ones; nothing is applied, not even the migrations before them. */
async function refused(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  writeProject(folder, { ...smallChains, ...files });
  const { code, text } = await refusal(place, ["migrate"]);
  expect(existsSync(path.join(folder, ".socrates-db"))).toBe(false);
  return code === "file-invalid" ? text : `${code}\n${text}`;
}

const header = "-- socrates-db: phase 1\n";

describe("bytes that are not SQL text (fault 23)", () => {
  it("UTF-16 with a byte order mark", async () => {
    const text = Buffer.from(`\ufeff${header}CREATE TABLE t ();`, "utf16le");
    expect(await refused({ "specs/004_t.sql": text })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql is encoded in UTF-16, not in UTF-8
      hint: Save the file as UTF-8 without NUL bytes and run the command again."
    `);
  });
  it("UTF-16 without one", async () => {
    const text = Buffer.from(`${header}CREATE TABLE t ();`, "utf16le");
    expect(await refused({ "specs/004_t.sql": text })).toContain("is encoded in UTF-16");
  });
  it("bytes that are not UTF-8", async () => {
    const text = Buffer.from(`${header}-- caf\u00e9\nCREATE TABLE t ();`, "latin1");
    expect(await refused({ "specs/004_t.sql": text })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql is not UTF-8 at byte 31
      hint: Save the file as UTF-8 without NUL bytes and run the command again."
    `);
  });
  it("a NUL byte", async () => {
    expect(await refused({ "specs/004_t.sql": `${header}SELECT 'a\0b';` })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql contains a NUL byte at byte 33
      hint: Save the file as UTF-8 without NUL bytes and run the command again."
    `);
  });
  it("a truncated last character", async () => {
    const whole = Buffer.from(`${header}SELECT '中`);
    expect(await refused({ "specs/004_t.sql": whole.subarray(0, -1) })).toContain("is not UTF-8 at byte 34");
  });
  it("more than 16 MiB (fault 36)", async () => {
    const text = `${header}SELECT '${"x".repeat(16 * 1024 * 1024)}';`;
    expect(await refused({ "specs/004_t.sql": text })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql has 16777250 bytes, more than the 16777216 that a migration may have
      hint: Load data with COPY: a migration is for the schema."
    `);
  });
  it.skipIf(process.platform === "win32")("a pipe, which is not waited for", async () => {
    mkdirSync(path.join(folder, "migrations/specs"), { recursive: true });
    execFileSync("mkfifo", [path.join(folder, "migrations/specs/004_t.sql")]);
    expect(await refused({})).toContain("error: migrations/specs/004_t.sql is not a file");
  });
  it("a folder with the name of a file", async () => {
    mkdirSync(path.join(folder, "migrations/specs/004_t.sql"), { recursive: true });
    expect(await refused({})).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql is not a file
      hint: Move it out of the folder of migrations."
    `);
  });
});

describe("empty files and files with wrong names", () => {
  it("an empty file", async () => {
    expect(await refused({ "specs/004_t.sql": "" })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql is empty: it holds no statement
      hint: Write its SQL, or remove the file."
    `);
  });
  it("only comments", async () => {
    expect(
      await refused({ "specs/004_t.sql": `${header}-- later\n/* or never */ ;\n` }),
    ).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql is empty: it holds no statement
      hint: Write its SQL, or remove the file."
    `);
  });
  it("two files of one number, in two chains (fault 21)", async () => {
    expect(await refused({ "specs/003_t.sql": `${header}SELECT 1;` })).toMatchInlineSnapshot(`
      "error: two migrations have the number 003: migrations/auth/003_teams.sql and migrations/specs/003_t.sql
      hint: Give the newer one the next free number; numbers are unique over all databases."
    `);
  });
  it("two files of one number, written differently (fault 21)", async () => {
    expect(await refused({ "specs/0002_t.sql": `${header}SELECT 1;` })).toContain(
      "two migrations have the number 002",
    );
  });
  it.each(["4_t.sql", "004-t.sql", "004_T.sql", "004_t.SQL", "t.sql", "004_t.up.sql"])("%s", async (name) => {
    expect(await refused({ [`specs/${name}`]: `${header}SELECT 1;` })).toBe(
      `error: migrations/specs/${name} is not named like a migration\nhint: Name it NNN_name.sql or NNN_name.down.sql, in lower case with underscores.`,
    );
  });
  it("a down file without its up file", async () => {
    expect(await refused({ "specs/004_t.down.sql": "SELECT 1;" })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.down.sql rolls back a migration that does not exist
      hint: Restore the migration of that name, or remove this file."
    `);
  });
  it("a phase that decreases along the chain", async () => {
    const files = {
      "specs/005_t.sql": `${header}SELECT 1;`,
      "specs/006_u.sql": "-- socrates-db: phase 0\nSELECT 1;",
    };
    expect(await refused(files)).toMatchInlineSnapshot(`
      "error: migrations/specs/006_u.sql is of phase 0, but 005_t before it is of phase 1
      hint: Phases never fall along a chain: make it phase 1 or later."
    `);
  });
});

describe("directives", () => {
  const of = (text: string) => refused({ "specs/004_t.sql": text });
  it("none", async () => {
    expect(await of("CREATE TABLE t ();")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql names no phase
      hint: Put "-- socrates-db: phase N" on its first line."
    `);
  });
  it("misspelt", async () => {
    expect(await of(`${header}-- socrates-db: no-transacton\nSELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: unknown directive "no-transacton"
        2 | -- socrates-db: no-transacton
          | ^
      hint: Did you mean "no-transaction"?"
    `);
  });
  it("a misspelt prefix", async () => {
    expect(await of(`-- socrates_db: phase 1\nSELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:1:1: unknown directive prefix "socrates_db"
        1 | -- socrates_db: phase 1
          | ^
      hint: Write "-- socrates-db: …"."
    `);
  });
  it("without a colon", async () => {
    expect(await of(`${header}-- socrates-db no-transaction\nSELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: "-- socrates-db no-transaction" is not a directive: "socrates-db:" is missing
        2 | -- socrates-db no-transaction
          | ^
      hint: Write "-- socrates-db: no-transaction"."
    `);
  });
  it("without a prefix", async () => {
    expect(await of(`${header}-- no-transaction\nSELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: "-- no-transaction" is not a directive: "socrates-db:" is missing
        2 | -- no-transaction
          | ^
      hint: Write "-- socrates-db: no-transaction"."
    `);
  });
  it("below the first statement", async () => {
    expect(await of(`${header}SELECT 1;\n  -- socrates-db: no-transaction\n`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:3:3: the directive "no-transaction" is below the first statement
        3 |   -- socrates-db: no-transaction
          |   ^
      hint: Move it to the top of the file."
    `);
  });
  it("twice", async () => {
    expect(await of(`${header}${header}SELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: duplicate directive "phase"
        2 | -- socrates-db: phase 1
          | ^
      hint: Keep one of them."
    `);
  });
  it("a phase that is not a number", async () => {
    expect(await of("-- socrates-db: phase three\nSELECT 1;")).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:1:1: the phase "three" is not an integer
        1 | -- socrates-db: phase three
          | ^
      hint: Use for example "-- socrates-db: phase 3"."
    `);
  });
  it("no-transaction with a value", async () => {
    expect(await of(`${header}-- socrates-db: no-transaction please\nSELECT 1;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: "no-transaction" takes no value, but has "please"
        2 | -- socrates-db: no-transaction please
          | ^
      hint: Write "-- socrates-db: no-transaction"."
    `);
  });
  it("no-transaction over two statements", async () => {
    expect(await of(`${header}-- socrates-db: no-transaction\nSELECT 1;\nSELECT 2;`)).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:4:1: a no-transaction migration must have exactly one statement; this is the second
        4 | SELECT 2;
          | ^
      hint: Move it to a separate migration."
    `);
  });
});

describe("SQL that cannot run as a migration (fault 20)", () => {
  it.each([
    "BEGIN",
    "START TRANSACTION",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT s",
    "RELEASE s",
    "PREPARE TRANSACTION 'p'",
    "commit and chain",
  ])("%s", async (command) => {
    const word = command.split(" ")[0]?.toUpperCase();
    expect(
      await refused({ "specs/004_t.sql": `${header}CREATE TABLE t ();\n  /* so */ ${command};\n` }),
    ).toBe(
      `error: migrations/specs/004_t.sql:3:12: transaction control (${word}) is not allowed in a migration
  3 |   /* so */ ${command};
    |            ^
hint: Remove it: the migration and its ledger row commit together, in one transaction.`,
    );
  });
  it("a psql command", async () => {
    expect(await refused({ "specs/004_t.sql": `${header}\\copy t FROM 't.csv'\n` })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:1: "\\copy" is a command of psql, not SQL
        2 | \\copy t FROM 't.csv'
          | ^
      hint: Write it as SQL: the file is sent to the server, not to psql."
    `);
  });
  it("a psql command after a statement", async () => {
    expect(await refused({ "specs/004_t.sql": `${header}SELECT 1 \\gset\n` })).toMatchInlineSnapshot(`
      "error: migrations/specs/004_t.sql:2:10: "\\gset" is a command of psql, not SQL
        2 | SELECT 1 \\gset
          |          ^
      hint: Write it as SQL: the file is sent to the server, not to psql."
    `);
  });
  it.each([
    ["a string", "SELECT 'it''s"],
    ["a quoted identifier", 'SELECT "a'],
    ["a comment", "SELECT /* a /* b */ 1"],
    ["a string quoted with $body$", "SELECT $body$ a $b$"],
  ])("%s that never closes", async (what, sql) => {
    expect(await refused({ "specs/004_t.sql": `${header}SELECT 1;\n${sql};\nSELECT 2;\n` })).toBe(
      `error: migrations/specs/004_t.sql:3:8: ${what} is never closed
  3 | ${sql};
    |        ^
hint: Close it, or remove what opens it.`,
    );
  });
});

it("a dry run refuses the same as a run", async () => {
  const run = await refused({ "specs/004_t.sql": `${header}COMMIT;` });
  expect((await refusal(place, ["migrate", "--dry-run"])).text).toBe(run);
});

it("a migrations folder without files is not an error and creates nothing", async () => {
  writeProject(folder, {});
  const result = await place.run(["migrate"]);
  expect(result.exitCode).toBe(0);
  expect(existsSync(path.join(folder, ".socrates-db"))).toBe(false);
});
