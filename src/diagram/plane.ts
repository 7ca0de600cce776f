/**
 * Rectangles of any size with lines between their sides, for drawings that are not made of cells.
 */

/** A rectangle with the heights at which lines meet its left and its right side. */
export interface PlacedItem {
  readonly id: string;
  /** Groups are next to each other, in the order of the items. */
  readonly group: string;
  readonly width: number;
  readonly height: number;
  readonly ports: readonly { readonly id: string; readonly side: "left" | "right"; readonly y: number }[];
}

/** A line between two ports. */
export interface PlacedLine {
  readonly id: string;
  readonly from: { readonly item: string; readonly port: string };
  readonly to: { readonly item: string; readonly port: string };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Placement {
  readonly width: number;
  readonly height: number;
  readonly items: ReadonlyMap<string, Point>;
  /** The corners of each line; only its two ends if it has no free way and crosses boxes. */
  readonly lines: ReadonlyMap<string, readonly Point[]>;
  readonly groups: ReadonlyMap<string, Area>;
}

/** A part of the drawing with coordinates from its own top left corner. */
export interface Part extends Omit<Placement, "groups"> {}

/** Moves a part so that its bounds begin at the origin. */
export function normal(
  items: readonly PlacedItem[],
  places: ReadonlyMap<string, Point>,
  lines: ReadonlyMap<string, readonly Point[]>,
): Part {
  const corners = [
    ...items.flatMap(({ id, width, height }) => {
      const at = places.get(id) ?? { x: 0, y: 0 };
      return [at, { x: at.x + width, y: at.y + height }];
    }),
    ...[...lines.values()].flat(),
  ];
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  const [left, top] = corners.length === 0 ? [0, 0] : [least(xs), least(ys)];
  return moved({ width: most(xs), height: most(ys), items: places, lines }, -left, -top);
}

export function moved(part: Part, dx: number, dy: number): Part {
  const at = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy });
  return {
    width: part.width + dx,
    height: part.height + dy,
    items: new Map([...part.items].map(([id, place]) => [id, at(place)])),
    lines: new Map([...part.lines].map(([id, points]) => [id, points.map(at)])),
  };
}

/** Places parts in rows of a width. */
export function inRows(parts: readonly Part[], width: number, space: number): Part {
  const items = new Map<string, Point>();
  const lines = new Map<string, readonly Point[]>();
  let [x, y, bottom, right] = [0, 0, 0, 0];
  for (const part of parts) {
    if (x > 0 && x + part.width > width) [x, y] = [0, bottom + space];
    const placed = moved(part, x, y);
    for (const [id, place] of placed.items) items.set(id, place);
    for (const [id, points] of placed.lines) lines.set(id, points);
    bottom = Math.max(bottom, placed.height);
    right = Math.max(right, placed.width);
    x = placed.width + space;
  }
  return { width: right, height: bottom, items, lines };
}

/** The bounds of some items and of the lines between them. */
export function boundsOf(part: Part, members: readonly PlacedItem[], lines: readonly PlacedLine[]): Area {
  const ids = new Set(members.map(({ id }) => id));
  const inside = lines.filter(({ from, to }) => ids.has(from.item) && ids.has(to.item));
  const corners = [
    ...members.flatMap(({ id, width, height }) => {
      const at = part.items.get(id);
      return at === undefined ? [] : [at, { x: at.x + width, y: at.y + height }];
    }),
    ...inside.flatMap(({ id }) => part.lines.get(id) ?? []),
  ];
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
