import Table from "cli-table3";
import { expect, it } from "vitest";
import { type LongRow, longTable } from "../../src/report/long-table.ts";

const head = ["phase", "auth", "specs"];
const noLine = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

/** The same table, drawn at once. */
function atOnce(rows: readonly LongRow[]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: false } });
  for (const { cells, lineAbove } of rows)
    table.push(lineAbove ? [...cells] : cells.map((content) => ({ content, chars: noLine })));
  return table.toString();
}

function rowsOf(length: number, phaseLength: number): LongRow[] {
  return Array.from({ length }, (_, i) => ({
    cells: [
      i % phaseLength === 0 ? String(i / phaseLength) : "",
      `\u001b[32m✔\u001b[39m ${i} m${"é".repeat(i % 7)}\n    \u001b[2m${i * 37} ms\u001b[22m`,
      i % 3 === 0 ? "" : `✖ 中${i}`,
    ],
    lineAbove: i % phaseLength === 0,
  }));
}

it.each([
  [0, 1],
  [1, 1],
  [99, 10],
  [100, 10],
  [101, 100],
  [101, 7],
  [250, 50],
  [250, 250],
])("a table of %i rows in phases of %i looks as if it was drawn at once", (length, phaseLength) => {
  const rows = rowsOf(length, phaseLength);
  expect(longTable(head, rows)).toBe(atOnce(rows));
});
