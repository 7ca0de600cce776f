import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { faultsOf, matrix } from "../faults/support/matrix.ts";
import { faultsPage } from "../faults/support/page.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Test files by the faults in their titles. */
const files = readdirSync(path.join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/${name.split(path.sep).join("/")}`)
  .map((file) => ({ file, faults: faultsOf(readFileSync(path.join(root, file), "utf8")) }));

/** The rows of a page of faults: the cells between the bars. */
function rowsOf(page: string): string[][] {
  return page
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

describe("the matrix of faults", () => {
  it("is numbered from 1", () => {
    expect(matrix.map(({ number }) => number)).toEqual(matrix.map((_, i) => i + 1));
  });

  it.each(matrix.map(({ number, fault }) => [number, fault]))(
    "has a test that injects fault %i: %s",
    (number) => {
      expect(
        files.filter(({ faults }) => faults.includes(Number(number))).map(({ file }) => file),
      ).not.toEqual([]);
    },
  );

  it("has every fault number that a title names", () => {
    const known = matrix.map(({ number }) => number);
    const wrong = files.filter(({ faults }) => faults.some((number) => !known.includes(number)));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });
});

describe("docs/faults.md", () => {
  const page = rowsOf(readFileSync(path.join(root, "docs/faults.md"), "utf8"));

  it("has the rows of the matrix", () => {
    const columns = (rows: string[][]) => rows.map(([, number, fault, holds]) => [number, fault, holds]);
    expect(columns(page)).toEqual(columns(rowsOf(faultsPage([]))));
  });

  it.each(matrix.map(({ number }) => number))(
    "names the tests of fault %i, none of which has failed",
    (number) => {
      const [, , , , tests = "", result = ""] = page[number - 1] ?? [];
      const named = [...tests.matchAll(/\(\.\.\/(\S+)\)/g)].map(([, file]) => file);
      expect(named).toEqual(
        files
          .filter(({ faults }) => faults.includes(number))
          .map(({ file }) => file)
          .sort(),
      );
      expect(result).toMatch(/^\d+ passed(, \d+ skipped: .+)?$|^\d+ skipped: .+$/);
    },
  );
});
