import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";

export interface LongRow {
  readonly cells: readonly string[];
  /** Whether a line separates it from the row before. */
  readonly lineAbove: boolean;
}

/** Rows that are drawn together: cli-table3's time grows with the square of the rows of a table. */
const partLength = 100;

/** By cli-table3's names: no borders, and the separator in place of the top border. */
const noLineAbove = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
const noTop = { top: "", "top-mid": "", "top-left": "", "top-right": "" };
const midAsTop = { top: "─", "top-mid": "┼", "top-left": "├", "top-right": "┤" };
const noBottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };

/** Narrow on every terminal: Latin letters, and the tick and cross of reports. */
const narrow = /[\0-\u02ff\u2714\u2716]/;

/**
 * At least the columns of a cell's longest line: anything but Latin letters counts as wide, so that no cell is cut.
 */
function widthOf(cell: string): number {
  const widths = stripVTControlCharacters(cell)
    .split("\n")
    .map((line) => [...line].reduce((sum, character) => sum + (narrow.test(character) ? 1 : 2), 0));
  return Math.max(...widths);
}

/** One table with any number of rows. */
export function longTable(head: readonly string[], rows: readonly LongRow[]): string {
  // A short table finds its exact widths itself. One column of white space is on either side.
  const colWidths =
    rows.length <= partLength
      ? []
      : head.map(
          (title, i) =>
            rows.reduce((most, { cells }) => Math.max(most, widthOf(cells[i] ?? "")), widthOf(title)) + 2,
        );
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < rows.length; at += partLength) {
    const top = at === 0 ? {} : rows[at]?.lineAbove ? midAsTop : noTop;
    const table = new Table({
      head: at === 0 ? [...head] : [],
      colWidths: [...colWidths],
      chars: { ...top, ...(at + partLength < rows.length ? noBottom : {}) },
      style: { head: [], border: [], compact: false },
    });
    for (const { cells, lineAbove } of rows.slice(at, at + partLength))
      table.push(lineAbove ? [...cells] : cells.map((content) => ({ content, chars: noLineAbove })));
    parts.push(table.toString());
  }
  return parts.join("\n");
}
