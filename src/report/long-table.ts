import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import stringWidth from "string-width";

export interface LongRow {
  readonly cells: readonly string[];
  /** Whether a line is drawn between it and the row before it. */
  readonly lineAbove: boolean;
}

/** Rows that are drawn at once: cli-table3 takes a time that grows with the square of the rows of a table. */
const partLength = 100;

/** By cli-table3's names: no line at all, and the line between two rows in place of the one at the top. */
const noLineAbove = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
const noTop = { top: "", "top-mid": "", "top-left": "", "top-right": "" };
const midAsTop = { top: "─", "top-mid": "┼", "top-left": "├", "top-right": "┤" };
const noBottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };

/** Measures cells in columns, lines that differ in nothing but ASCII only once: measuring takes longer than drawing. */
function measure(): (cell: string) => number {
  const known = new Map<string, number>();
  const widthOf = (line: string) => {
    const shape = stripVTControlCharacters(line).replace(/[ -~]/g, "x");
    const width = known.get(shape) ?? stringWidth(shape);
    known.set(shape, width);
    return width;
  };
  return (cell) => cell.split("\n").reduce((most, line) => Math.max(most, widthOf(line)), 0);
}

/** One table, however many rows it has. */
export function longTable(head: readonly string[], rows: readonly LongRow[]): string {
  const widthOf = measure();
  const widths = head.map((title, i) =>
    rows.reduce((most, { cells }) => Math.max(most, widthOf(cells[i] ?? "")), widthOf(title)),
  );
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < rows.length; at += partLength) {
    const top = at === 0 ? {} : rows[at]?.lineAbove ? midAsTop : noTop;
    const table = new Table({
      head: at === 0 ? [...head] : [],
      // One column of white space on either side.
      colWidths: widths.map((width) => width + 2),
      chars: { ...top, ...(at + partLength < rows.length ? noBottom : {}) },
      style: { head: [], border: [], compact: false },
    });
    for (const { cells, lineAbove } of rows.slice(at, at + partLength))
      table.push(lineAbove ? [...cells] : cells.map((content) => ({ content, chars: noLineAbove })));
    parts.push(table.toString());
  }
  return parts.join("\n");
}
