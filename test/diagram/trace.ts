/**
 * Reads a diagram as a person would: finds its boxes, and follows each line from its "many" end to the referenced
 * table. It is independent of layouts; a wrong drawing is an error.
 */
import stringWidth from "string-width";

export interface TracedBox {
  /** The first line of its text. */
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Text lines by row. */
  readonly rows: ReadonlyMap<number, string>;
}

export interface TracedReference {
  readonly from: string;
  readonly to: string;
  readonly optional: boolean;
  readonly unique: boolean;
  readonly logical: boolean;
  /** The text next to the "many" end. */
  readonly row: string;
}

export interface Traced {
  readonly boxes: readonly TracedBox[];
  readonly references: readonly TracedReference[];
}

const up = 1;
const right = 2;
const down = 4;
const left = 8;
const armsOf: Readonly<Record<string, number>> = {
  "│": 5,
  "╎": 5,
  "─": 10,
  "╌": 10,
  "└": 3,
  "┌": 6,
  "├": 7,
  "┘": 9,
  "┴": 11,
  "┐": 12,
  "┤": 13,
  "┬": 14,
  "┼": 15,
};
const steps = [
  { bit: up, back: down, dx: 0, dy: -1 },
  { bit: right, back: left, dx: 1, dy: 0 },
  { bit: down, back: up, dx: 0, dy: 1 },
  { bit: left, back: right, dx: -1, dy: 0 },
] as const;

const place = (x: number, y: number) => `${x},${y}`;

/** One cell for each column of a terminal; the second cell of a wide character is empty. */
function gridOf(lines: readonly string[]): string[][] {
  return lines.map((line) =>
    [...new Intl.Segmenter("en").segment(line)].flatMap(({ segment }) => [
      segment,
      ...Array.from({ length: stringWidth(segment) - 1 }, () => ""),
    ]),
  );
}

function boxAt(cell: (x: number, y: number) => string, x: number, y: number): TracedBox | undefined {
  if (cell(x, y) !== "┌") return undefined;
  let x2 = x + 1;
  while (/[─╌]/.test(cell(x2, y))) x2++;
  let y2 = y + 1;
  while (/[│╎├┤]/.test(cell(x, y2))) y2++;
  if (cell(x2, y) !== "┐" || cell(x, y2) !== "└" || cell(x2, y2) !== "┘") return undefined;
  const rows = new Map<number, string>();
  for (let row = y + 1; row < y2; row++) {
    if (!/[│╎├┤]/.test(cell(x2, row))) return undefined;
    let text = "";
    for (let column = x + 1; column < x2; column++) text += cell(column, row);
    rows.set(row, text.trim());
  }
  for (let column = x + 1; column < x2; column++) if (!/[─╌┬]/.test(cell(column, y2))) return undefined;
  const title = rows.get(y + 1) ?? "";
  // Lines can also form a rectangle, but without a name in it.
  if (cell(x + 1, y + 1) !== " " || /^ ?[─│╌╎┌┐└┘├┤┬┴┼]/.test(cell(x + 2, y + 1)) || title === "")
    return undefined;
  return { title, x, y, width: x2 - x + 1, height: y2 - y + 1, rows };
}

/** @throws Error for a wrong drawing: an open box, a line that ends nowhere or joins two tables, a stray character */
export function trace(lines: readonly string[]): Traced {
  const grid = gridOf(lines);
  const cell = (x: number, y: number) => grid[y]?.[x] ?? " ";
  const owner = new Map<string, TracedBox>();
  const boxes: TracedBox[] = [];
  const fail = (what: string, x: number, y: number): never => {
    throw new Error(`${what} in line ${y + 1}, column ${x + 1}:\n${lines.join("\n")}`);
  };
  for (const [y, row] of grid.entries())
    for (const [x] of row.entries()) {
      if (owner.has(place(x, y))) continue;
      const box = boxAt(cell, x, y);
      if (box === undefined) continue;
      boxes.push(box);
      for (let dy = 0; dy < box.height; dy++)
        for (let dx = 0; dx < box.width; dx++) {
          if (owner.has(place(x + dx, y + dy))) fail("two boxes overlap", x + dx, y + dy);
          owner.set(place(x + dx, y + dy), box);
        }
    }
  // The "many" ends: next to the border of a box, from there outwards.
  const ends = new Map<
    string,
    { box: TracedBox; optional: boolean; unique: boolean; logical: boolean; row: string }
  >();
  const arms = new Map<string, number>();
  for (const box of boxes)
    for (const [row, text] of box.rows)
      for (const side of [-1, 1]) {
        const x = side === -1 ? box.x - 1 : box.x + box.width;
        const sign = cell(x, row);
        if (!(sign === "1" || sign === (side === -1 ? "<" : ">"))) continue;
        let next = x + side;
        arms.set(place(x, row), left | right);
        const optional = cell(next, row) === "o";
        if (optional) next += side;
        if (/[+~-]/.test(cell(next, row))) next += side;
        for (let at = x; at !== next; at += side) arms.set(place(at, row), left | right);
        ends.set(place(x, row), {
          box,
          optional,
          unique: sign === "1",
          logical: cell(next, row) === "╌",
          row: text,
        });
      }
  for (const [y, row] of grid.entries())
    for (const [x, text] of row.entries()) {
      if (owner.has(place(x, y)) || arms.has(place(x, y)) || text === " ") continue;
      arms.set(place(x, y), armsOf[text] ?? fail(`a stray "${text}"`, x, y));
    }
  const references: TracedReference[] = [];
  const seen = new Set<string>();
  for (const [start] of arms) {
    if (seen.has(start)) continue;
    const starts: TracedBox[] = [];
    const found: string[] = [];
    const queue = [start];
    seen.add(start);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const [x = 0, y = 0] = at.split(",").map(Number);
      if (ends.has(at)) found.push(at);
      for (const { bit, back, dx, dy } of steps) {
        if (((arms.get(at) ?? 0) & bit) === 0) continue;
        let [nx, ny] = [x + dx, y + dy];
        // A vertical line crosses a horizontal one.
        while (dy === 0 && arms.get(place(nx, ny)) === (up | down)) nx += dx;
        const next = place(nx, ny);
        const box = owner.get(next);
        if (box !== undefined) {
          const end = ends.get(at);
          if (end?.box === box) continue;
          // A line that leaves a box is joined to its border.
          if (((armsOf[cell(nx, ny)] ?? 0) & back) === 0 || nx !== x + dx)
            fail("a line runs into a box", nx, ny);
          starts.push(box);
        } else if (((arms.get(next) ?? 0) & back) === 0) fail("a line ends", nx, ny);
        else if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    const [to, second] = starts;
    const [x = 0, y = 0] = start.split(",").map(Number);
    if (to === undefined || second !== undefined || found.length === 0)
      return fail(`a line joins ${starts.length} tables with ${found.length} ends`, x, y);
    for (const key of found) {
      const end = ends.get(key);
      if (end !== undefined)
        references.push({
          from: end.box.title,
          to: to.title,
          optional: end.optional,
          unique: end.unique,
          logical: end.logical,
          row: end.row,
        });
    }
  }
  // Every opening in a border has a line.
  for (const box of boxes)
    for (let dy = 1; dy < box.height - 1; dy++)
      for (const [x, bit, side] of [
        [box.x, left, -1],
        [box.x + box.width - 1, right, 1],
      ] as const)
        if (((armsOf[cell(x, box.y + dy)] ?? 0) & bit) !== 0 && !arms.has(place(x + side, box.y + dy)))
          fail("a border opens for no line", x, box.y + dy);
  return { boxes, references };
}
