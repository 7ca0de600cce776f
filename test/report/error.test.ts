import { describe, expect, it } from "vitest";
import { SocratesError } from "../../src/errors.ts";
import { errorJson, errorLines } from "../../src/report/error.ts";

function at(sourceLine: string, column: number): SocratesError {
  const location = { file: "x.sql", line: 7, column };
  return new SocratesError("file-invalid", "x.sql:7: wrong", { hint: "Fix it.", location, sourceLine });
}

/** The line of the file and the caret below it. */
const shown = (sourceLine: string, column: number) =>
  errorLines(at(sourceLine, column), false, undefined).slice(1, 3);

describe("an error for people", () => {
  it("is a cause and a hint", () => {
    const error = new SocratesError("usage", "no", { hint: "Do." });
    expect(errorLines(error, false, undefined)).toEqual(["error: no", "hint: Do."]);
    expect(errorLines(error, true, undefined)).toEqual([
      "\u001b[31merror:\u001b[39m no",
      "\u001b[36mhint:\u001b[39m Do.",
    ]);
  });
  it("has one line each, whatever names and messages contain", () => {
    const error = new SocratesError("usage", "a\nb\u001b[2Jc", { hint: "d\r\ne" });
    expect(errorLines(error, false, undefined)).toEqual(["error: a b\\u001b[2Jc", "hint: d e"]);
  });
  it("shows PostgreSQL's details, with marked lines", () => {
    const sql = { sqlState: "23505", detail: "one\ntwo", hint: "three", context: "four" };
    const error = new SocratesError("migration-failed", "m", { hint: "h", sql });
    expect(errorLines(error, false, undefined)).toEqual([
      "error: m",
      "detail: one",
      "  | two",
      "PostgreSQL hint: three",
      "context: four",
      "hint: h",
    ]);
  });
  it.each([
    ["plain", "SELECT x", 8, "       ^"],
    ["at the start", "x", 1, "^"],
    ["behind tabs", "\t\tx", 3, "\t\t^"],
    ["behind wide characters", "中😀é x", 5, "      ^"],
    ["behind combining marks", "e\u0301 x", 4, "  ^"],
    ["behind the end", "ab", 3, "  ^"],
  ])("points at the column: %s", (_, line, column, caret) => {
    expect(shown(line, column)).toEqual([`  7 | ${line}`, `    | ${caret}`]);
  });
  it("shows a long line in part, with the column in it", () => {
    const [line = "", caret = ""] = shown(`${"a".repeat(5_000)}X${"b".repeat(5_000)}`, 5_001);
    expect(line.length).toBeLessThan(140);
    expect(line[caret.indexOf("^")]).toBe("X");
    expect(line).toMatch(/…a+Xb+…$/);
  });
  it("keeps escape sequences of a file from the terminal", () => {
    expect(shown("\u001b[31m x", 7)).toEqual(["  7 |  [31m x", "    |       ^"]);
  });
});

it("an error as JSON: the keys of the contract, no secret in any text", () => {
  const sql = { sqlState: "23505", detail: "secret", hint: "secret", context: "secret" };
  const location = { file: "x.sql", line: 1, column: 2 };
  const error = new SocratesError("migration-failed", "secret m", { hint: "secret h", sql, location });
  const text = errorJson(error, (part) => part.replaceAll("secret", "***"));
  expect(JSON.parse(text)).toEqual({
    schemaVersion: 1,
    error: {
      code: "migration-failed",
      message: "*** m",
      hint: "*** h",
      location,
      sql: { sqlState: "23505", detail: "***", hint: "***", context: "***" },
    },
  });
});
