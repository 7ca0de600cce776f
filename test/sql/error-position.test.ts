import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { isServerError, type ServerError } from "../../src/database/server-error.ts";
import { readScript } from "../../src/migrations/files.ts";
import { migrationError } from "../../src/runner/sql-error.ts";
import { offsetWithin } from "../../src/sql/error-position.ts";
import { splitStatements } from "../../src/sql/statements.ts";

function statementOf(sql: string) {
  const [statement] = splitStatements(sql);
  if (statement === undefined) throw new Error("no statement");
  return statement;
}

/** A block whose body is longer than the text before it, so that both ways of counting stay inside. */
const lines = "  PERFORM 1;\n".repeat(50);
const body = `\nBEGIN\n${lines}  PERFROM 2;\n${lines}END\n`;
const block = statementOf(`DO $$${body}$$`);
const message = 'syntax error at or near "PERFROM"';
const sent = `BEGIN; SET LOCAL é = 1; EXECUTE $sdb$${block.text}$sdb$`;
const wanted = block.text.indexOf("PERFROM");

describe("where in a statement an error is", () => {
  it("counted from the start of all that was sent, as PL/pgSQL's compiler does", () => {
    const internal_position = String([...sent.slice(0, sent.indexOf("PERFROM"))].length + 1);
    expect(
      offsetWithin({ message, query: sent, internal_query: block.text, internal_position }, block, ""),
    ).toBe(wanted);
  });
  it("counted from the start of the statement", () => {
    const error = { message, query: sent, internal_query: block.text, internal_position: String(wanted + 1) };
    expect(offsetWithin(error, block, "")).toBe(wanted);
  });
  it("counted from the start of the body", () => {
    const error = { message, internal_query: body, internal_position: String(body.indexOf("PERFROM") + 1) };
    expect(offsetWithin(error, block, "")).toBe(wanted);
  });
  it("in characters, of which one may be two UTF-16 units", () => {
    const statement = statementOf("SELECT '😀', nonsense");
    expect(offsetWithin({ message: "no such column", position: "13" }, statement, undefined)).toBe(13);
  });
  it("on the line of a DO block", () => {
    const context = "PL/pgSQL function inline_code_block line 53 at PERFORM";
    expect(offsetWithin({ message: "x" }, block, context)).toBe(wanted);
    expect(offsetWithin({ message: "x" }, block, "PL/pgSQL function f() line 2 at PERFORM")).toBe(0);
  });
  it("in a text that the statement does not contain: at its start", () => {
    expect(offsetWithin({ message, internal_query: "SELEC 1", internal_position: "1" }, block, "")).toBe(0);
  });
});

describe("in other languages (lc_messages)", () => {
  const script = (text: string) => readScript({ path: "m.sql", text }, false);
  const fields = (where: string, rest: Record<string, string> = {}): ServerError => {
    const error: unknown = Object.assign(new postgres.PostgresError("x"), {
      ...{ code: "22012", message: "Division durch Null", where },
      ...rest,
    });
    if (!isServerError(error)) throw new Error("no error of a server");
    return error;
  };
  const german = (text: string, line: number) =>
    `SQL-Anweisung »${text}«\nPL/pgSQL-Funktion inline_code_block Zeile ${line} bei EXECUTE`;

  it.each([
    ["the statement", "SELECT 1;\nSELECT 1 / 0;", german("SELECT 1 / 0", 3), undefined, "2:1"],
    [
      "a line of a DO block",
      "SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1 / 0;\nEND $$;",
      `SQL-Ausdruck »1 / 0«\nPL/pgSQL-Funktion inline_code_block Zeile 3 bei PERFORM\n${german("DO $$\nBEGIN\n  PERFORM 1 / 0;\nEND $$", 3)}`,
      "inline_code_block Zeile 3 bei PERFORM",
      "4:3",
    ],
    [
      "a function",
      "SELECT f();\nSELECT 2;",
      `PL/pgSQL-Funktion f() Zeile 1 bei RETURN\n${german("SELECT f()", 2)}`,
      "f() Zeile 1 bei RETURN",
      "1:1",
    ],
    [
      "a line number before the name",
      "SELECT 1;\nSELECT 1 / 0;",
      'SQL 语句 "SELECT 1 / 0"\n在EXECUTE的第3行的PL/pgSQL函数inline_code_block',
      undefined,
      "2:1",
    ],
  ])("%s", (_, text, where, context, at) => {
    const error = migrationError(fields(where), script(text));
    expect(error.message).toContain(`m.sql:${at}: `);
    if (context === undefined) expect(error.sql?.context).toBeUndefined();
    else expect(error.sql?.context).toContain(context);
  });

  it.each([
    ["25001", "PreventInTransactionBlock", /no-transaction/],
    ["0A000", "exec_stmt_dynexecute", /Remove transaction control/],
    ["0A000", "RememberAllDependentForRebuilding", /view/i],
    ["0A000", "standard_ProcessUtility", /does not support/],
  ])("hints follow the code %s of %s", (code, routine, hint) => {
    expect(migrationError(fields("", { code, routine }), script("SELECT 1")).hint).toMatch(hint);
  });
});
