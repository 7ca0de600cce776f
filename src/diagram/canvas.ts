import type { Drawing, Net, Segment } from "./drawing.ts";

/** Directions of a line in one cell, as bits. */
export const arm = { up: 1, right: 2, down: 4, left: 8 } as const;

const straight = { vertical: arm.up | arm.down, horizontal: arm.left | arm.right };

/** The lines in one cell. */
export interface LineCell {
  readonly net: Net;
  readonly arms: number;
  /** Whether a line of another net crosses below: the vertical one is drawn. */
  readonly crossed: boolean;
}

/** All cells of a segment with their directions. */
function cellsOf({ x1, y1, x2, y2 }: Segment): { x: number; y: number; arms: number }[] {
  const [left, right, top, bottom] = [Math.min(x1, x2), Math.max(x1, x2), Math.min(y1, y2), Math.max(y1, y2)];
  const cells = [];
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++)
      cells.push({
        x,
        y,
        arms:
          (x > left ? arm.left : 0) |
          (x < right ? arm.right : 0) |
          (y > top ? arm.up : 0) |
          (y < bottom ? arm.down : 0),
      });
  return cells;
}

const towards = { left: arm.left, right: arm.right, down: arm.down, up: arm.up };
const opposite = { left: arm.right, right: arm.left, down: arm.up };

/** Key of a cell. */
export const cellKey = (x: number, y: number): string => `${x},${y}`;

/** The directions of one net by cell, up to the boxes at its ends. */
function armsOf(net: Net): Map<string, number> {
  const cells = new Map<string, number>();
  const add = (x: number, y: number, arms: number) =>
    cells.set(cellKey(x, y), (cells.get(cellKey(x, y)) ?? 0) | arms);
  for (const segment of net.segments) for (const { x, y, arms } of cellsOf(segment)) add(x, y, arms);
  const { x, y, to } = net.start;
  const [dx, dy] = to === "down" ? [0, 1] : [to === "right" ? 1 : -1, 0];
  add(x + dx, y + dy, opposite[to]);
  for (const end of net.ends) add(end.x, end.y, towards[end.side === "left" ? "right" : "left"]);
  return cells;
}

/**
 * The cells of all lines.
 * @returns undefined if two nets share a cell except by crossing at right angles, or a line enters a box
 */
export function lineCells({ boxes, nets }: Drawing): ReadonlyMap<string, LineCell> | undefined {
  const covered = new Set<string>();
  for (const { box, x, y } of boxes)
    for (let row = y; row < y + box.height; row++)
      for (let column = x; column < x + box.width; column++) {
        if (covered.has(cellKey(column, row))) return undefined;
        covered.add(cellKey(column, row));
      }
  const cells = new Map<string, LineCell>();
  for (const net of nets)
    for (const [key, arms] of armsOf(net)) {
      const other = cells.get(key);
      if (covered.has(key)) return undefined;
      if (other === undefined) cells.set(key, { net, arms, crossed: false });
      else if (other.crossed) return undefined;
      else if (arms === straight.vertical && other.arms === straight.horizontal)
        cells.set(key, { net, arms, crossed: true });
      else if (arms === straight.horizontal && other.arms === straight.vertical)
        cells.set(key, { ...other, crossed: true });
      else return undefined;
    }
  return cells;
}
