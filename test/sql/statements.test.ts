import { describe, expect, it } from "vitest";
import {
  concurrentIndex,
  createdExtension,
  createdTable,
  isTransactionControl,
  splitStatements,
} from "../../src/sql/statements.ts";
import { UnterminatedError } from "../../src/sql/tokens.ts";

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);
const only = (sql: string) => {
  const [statement, ...others] = splitStatements(sql);
  if (statement === undefined || others.length > 0) throw new Error(`not one statement: ${sql}`);
  return statement;
};

describe("where statements end", () => {
  it.each<[what: string, sql: string, expected: string[]]>([
    ["at semicolons", "SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]],
    ["at the end of the file", "SELECT 1;\nSELECT 2\n-- done", ["SELECT 1", "SELECT 2"]],
    ["not where there is nothing", " ; ;-- a\n;/* b */;", []],
    ["not in strings", "SELECT 'a;b''c;', ';' ; SELECT 2", ["SELECT 'a;b''c;', ';'", "SELECT 2"]],
    ["not in identifiers", 'SELECT ";""; " ; SELECT 2', ['SELECT ";""; "', "SELECT 2"]],
    ["not in comments", "SELECT 1 -- ;\n + 1 /* ; */; SELECT 2", ["SELECT 1 -- ;\n + 1", "SELECT 2"]],
    [
      "not in nested comments",
      "SELECT /* a /* b; */ c; */ 1; SELECT 2",
      ["SELECT /* a /* b; */ c; */ 1", "SELECT 2"],
    ],
    ["not in dollar quotes", "DO $$ a; b $x$ $$; SELECT 2", ["DO $$ a; b $x$ $$", "SELECT 2"]],
    [
      "not in dollar quotes with a tag",
      "DO $a$ $$;$$ $b$; $a$; SELECT 2",
      ["DO $a$ $$;$$ $b$; $a$", "SELECT 2"],
    ],
    ["behind a dollar that quotes nothing", "SELECT a$b$c, $1; SELECT 2", ["SELECT a$b$c, $1", "SELECT 2"]],
    ["not behind an escaped quote", "SELECT E'a\\';b'; SELECT 2", ["SELECT E'a\\';b'", "SELECT 2"]],
    ["behind a backslash in a plain string", "SELECT 'a\\'; SELECT 2", ["SELECT 'a\\'", "SELECT 2"]],
    [
      "after a string that ends in a word with e",
      "SELECT type'a\\'; SELECT 2",
      ["SELECT type'a\\'", "SELECT 2"],
    ],
    [
      "behind a comment with a quote below an E string",
      "SELECT E'a'\n-- it's one\n; SELECT 2",
      ["SELECT E'a'", "SELECT 2"],
    ],
    [
      "behind a long rule below an E string",
      `SELECT E'a'\n${"-".repeat(80)}\n; SELECT 2`,
      ["SELECT E'a'", "SELECT 2"],
    ],
    [
      "not in the continuation of an E string",
      "SELECT E'a'\n  'b\\';c'; SELECT 2",
      ["SELECT E'a'\n  'b\\';c'", "SELECT 2"],
    ],
    [
      "not in parentheses",
      "CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2); SELECT 3",
      ["CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
    ],
    ["behind a carriage return alone", "-- a\rSELECT 1;\rSELECT 2", ["SELECT 1", "SELECT 2"]],
    [
      "not in a body of standard SQL",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 2",
      [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
        "SELECT 2",
      ],
    ],
    [
      "not in the body of a replaced procedure",
      "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END; SELECT 2",
      ["CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END", "SELECT 2"],
    ],
    [
      "behind a parameter called begin",
      "CREATE FUNCTION f(begin int) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT 2",
      ["CREATE FUNCTION f(begin int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "SELECT 2"],
    ],
    ["behind BEGIN that opens no body", "BEGIN; SELECT 1; END", ["BEGIN", "SELECT 1", "END"]],
  ])("%s", (_, sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  it("each reports its start", () => {
    const sql = "-- 中 😀\nSELECT 1 ;\n  SELECT '😀';";
    for (const { text, offset } of splitStatements(sql))
      expect(sql.slice(offset, offset + text.length)).toBe(text);
    expect(splitStatements(sql).map(({ offset }) => offset)).toEqual([8, 21]);
  });
});

describe("unclosed quotes and comments", () => {
  it.each([
    ["SELECT 'a", "a string", 7],
    ["SELECT E'a\\'", "a string", 8],
    ['SELECT "a""', "a quoted identifier", 7],
    ["SELECT 1; /* /* */", "a comment", 10],
    ["DO $$ $a$", "a string quoted with $$", 3],
    ["DO $a$ $$ $A$", "a string quoted with $a$", 3],
  ])("%s", (sql, what, offset) => {
    expect(() => splitStatements(sql)).toThrow(new UnterminatedError(what, offset));
    try {
      splitStatements(sql);
    } catch (error) {
      expect(error).toMatchObject({ what, offset });
    }
  });
});

describe("what a statement is", () => {
  it.each([
    "begin",
    "START TRANSACTION",
    "Commit",
    "END WORK",
    "rollback to s",
    "ABORT",
    "SAVEPOINT s",
    "RELEASE s",
    "/* x */ prepare transaction 'p'",
  ])("%s controls the transaction", (sql) => expect(isTransactionControl(only(sql))).toBe(true));
  it.each(["PREPARE p AS SELECT 1", '"commit"', "SELECT commit", "COMMENT ON TABLE t IS ''"])(
    "%s does not",
    (sql) => expect(isTransactionControl(only(sql))).toBe(false),
  );
  it("names the extension that is created", () => {
    expect(createdExtension(only("CREATE EXTENSION IF NOT EXISTS Vector WITH SCHEMA public"))).toBe("vector");
    expect(createdExtension(only('create extension "uuid-ossp"'))).toBe("uuid-ossp");
    expect(createdExtension(only("CREATE TABLE t ()"))).toBeUndefined();
  });
  it("names the table that is created", () => {
    expect(createdTable(only("CREATE TABLE IF NOT EXISTS public.Users (id int)"))).toBe("users");
    expect(createdTable(only("CREATE UNLOGGED TABLE t ()"))).toBe("t");
    expect(createdTable(only("CREATE INDEX i ON t (a)"))).toBeUndefined();
  });
  it.each([
    [
      "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS I ON t (a)",
      { name: "i", schema: "public", table: "t" },
    ],
    [
      'create index concurrently "Mixed ""Case" on only Sales."Order" (a)',
      { name: 'Mixed "Case', schema: "sales", table: "Order" },
    ],
    ["CREATE INDEX CONCURRENTLY ON T (a)", { name: undefined, schema: "public", table: "t" }],
    ['CREATE INDEX CONCURRENTLY "ON" ON t (a)', { name: "ON", schema: "public", table: "t" }],
    ["CREATE INDEX i ON t (a)", undefined],
    ["DROP INDEX CONCURRENTLY i", undefined],
  ])("finds what %s builds concurrently", (sql, expected) =>
    expect(concurrentIndex(only(sql))).toEqual(expected),
  );
});
