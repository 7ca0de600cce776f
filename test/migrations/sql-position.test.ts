import { describe, expect, it } from "vitest";
import { offsetWithin } from "../../src/migrations/sql-position.ts";
import { splitStatements } from "../../src/migrations/statements.ts";

function statementOf(sql: string) {
  const [statement] = splitStatements(sql);
  if (statement === undefined) throw new Error("no statement");
  return statement;
}

/** A block whose body is longer than what is sent before it, so that either way of counting stays inside. */
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
  it("on the line that a DO block was at", () => {
    const context = "PL/pgSQL function inline_code_block line 53 at PERFORM";
    expect(offsetWithin({ message: "x" }, block, context)).toBe(wanted);
    expect(offsetWithin({ message: "x" }, block, "PL/pgSQL function f() line 2 at PERFORM")).toBe(0);
  });
  it("in a text that the statement does not hold: at its start", () => {
    expect(offsetWithin({ message, internal_query: "SELEC 1", internal_position: "1" }, block, "")).toBe(0);
  });
});
