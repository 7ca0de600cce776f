import { changeMark } from "../box.ts";
import { cellKey, type LineCell, lineCells } from "../canvas.ts";
import type { Drawing, End, Placed } from "../drawing.ts";
import type { Change, Reference } from "../model.ts";

/** The characters of a style. Lines are listed by their directions: up 1, right 2, down 4, left 8. */
interface Characters {
  readonly solid: readonly string[];
  readonly dashed: { readonly horizontal: string; readonly vertical: string };
}

const styles = {
  unicode: {
    solid: [" ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼"],
    dashed: { horizontal: "╌", vertical: "╎" },
  },
  ascii: {
    solid: [" ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+"],
    dashed: { horizontal: ".", vertical: ":" },
  },
} as const satisfies Record<string, Characters>;
export type TextStyle = keyof typeof styles;

/** Colours a text by its change. */
export type Paint = (text: string, change: Change) => string;

interface Cell {
  readonly text: string;
  readonly change: Change | undefined;
}

type Grid = (Cell | undefined)[][];

function put(grid: Grid, x: number, y: number, text: string, change: Change | undefined): void {
  const row = grid[y];
  if (row !== undefined) row[x] = { text, change };
}

function lineCharacter({ net, arms }: LineCell, { solid, dashed }: Characters): string {
  if (net.logical && (arms | 5) === 5) return dashed.vertical;
  if (net.logical && (arms | 10) === 10) return dashed.horizontal;
  return solid[arms] ?? " ";
}

/** The sign of the "many" end: `<` for many rows, `1` for at most one. */
export function endSign({ unique }: Reference, side: End["side"]): string {
  if (unique) return "1";
  return side === "left" ? "<" : ">";
}

function drawEnd(grid: Grid, { reference, x, y, side }: End): void {
  const away = side === "left" ? -1 : 1;
  const { change, optional } = reference;
  put(grid, x, y, endSign(reference, side), change);
  if (optional) put(grid, x + away, y, "o", change);
  if (change !== undefined) put(grid, x + away * (optional ? 2 : 1), y, changeMark(change), change);
}

function drawBox(
  grid: Grid,
  { box, x, y }: Placed,
  { solid, dashed }: Characters,
  width: (text: string) => number,
): void {
  const { change, stubOf } = box.table;
  const [across, down] = stubOf === undefined ? [solid[10], solid[5]] : [dashed.horizontal, dashed.vertical];
  const [right, bottom] = [x + box.width - 1, y + box.height - 1];
  const horizontal = (row: number, left = " ", end = " ") => {
    for (let column = x + 1; column < right; column++) put(grid, column, row, across ?? "", change);
    put(grid, x, row, left, change);
    put(grid, right, row, end, change);
  };
  horizontal(y, solid[6], solid[12]);
  horizontal(bottom, solid[3], solid[9]);
  for (const [i, { kind, spans, change: own }] of box.lines.entries()) {
    const row = y + 1 + i;
    if (kind === "rule") {
      horizontal(row, solid[7], solid[13]);
      continue;
    }
    put(grid, x, row, down ?? "", change);
    put(grid, right, row, down ?? "", change);
    for (const span of spans) {
      let column = x + span.x;
      for (const { segment } of new Intl.Segmenter("en").segment(span.text)) {
        put(grid, column, row, segment, own ?? change);
        // The second cell of a wide character has no text.
        for (let more = 1; more < width(segment); more++) put(grid, column + more, row, "", undefined);
        column += width(segment);
      }
    }
  }
}

/** Where a line leaves a border: the border's directions and one more. */
const leaving = { right: 7, left: 13, down: 14 };

function painted(row: readonly (Cell | undefined)[], paint: Paint): string {
  let line = "";
  let run: Cell = { text: "", change: undefined };
  const flush = () => {
    line += run.change === undefined ? run.text : paint(run.text, run.change);
  };
  for (const cell of Array.from(row, (found) => found ?? { text: " ", change: undefined })) {
    if (cell.change === run.change) run = { ...run, text: run.text + cell.text };
    else {
      flush();
      run = cell;
    }
  }
  flush();
  return line.trimEnd();
}

/**
 * A drawing as lines of text.
 * @param width width of a text in cells
 * @throws Error if lines overlap, which a layout must not produce
 */
export function renderText(
  drawing: Drawing,
  style: TextStyle,
  width: (text: string) => number,
  paint: Paint,
): string[] {
  const characters = styles[style];
  const lines = lineCells(drawing);
  if (lines === undefined) throw new Error("a layout has put two lines in one place");
  const grid: Grid = Array.from({ length: drawing.height }, () => []);
  for (let y = 0; y < drawing.height; y++)
    for (let x = 0; x < drawing.width; x++) {
      const cell = lines.get(cellKey(x, y));
      if (cell !== undefined) put(grid, x, y, lineCharacter(cell, characters), undefined);
    }
  for (const placed of drawing.boxes) drawBox(grid, placed, characters, width);
  for (const { start, ends } of drawing.nets) {
    put(grid, start.x, start.y, characters.solid[leaving[start.to]] ?? "", undefined);
    for (const end of ends) drawEnd(grid, end);
  }
  return grid.map((row) => painted(row, paint));
}
