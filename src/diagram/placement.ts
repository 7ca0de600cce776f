import type { ELK } from "elkjs/lib/elk-api.js";
import { clusters } from "./clusters.ts";
import { loadEngine } from "./engine.ts";
import { gap, inLayers } from "./layers.ts";
import {
  type Area,
  boundsOf,
  inRows,
  moved,
  type Part,
  type PlacedItem,
  type PlacedLine,
  type Placement,
  type Point,
} from "./plane.ts";

/** More connected rectangles than this are laid out part by part: ELK's time grows faster than their square. */
const manyItems = 120;
/** Rectangles of one part. */
const partSize = 28;
/** Free space between parts, and between groups. */
const space = { part: 90, group: 120 };
/** Free space inside the border of a group, with room for its heading. */
const inset = { side: 22, top: 54, bottom: 24 };
/** How far a line from a rectangle to itself reaches. */
const loop = 14;

/** A group with its bounds. In a layout of all groups, they share a part. */
interface Group {
  readonly name: string;
  readonly area: Area;
  readonly part: Part;
}

/** Rectangles without lines, in rows. */
function alone(items: readonly PlacedItem[], width: number): Part {
  const parts = items.map(
    ({ id, width: own, height }): Part => ({
      width: own,
      height,
      items: new Map([[id, { x: 0, y: 0 }]]),
      lines: new Map(),
    }),
  );
  return inRows(parts, width, gap.item);
}

/** A width at which parts in rows are about 1.6 times as wide as high. */
function rowWidth(
  sizes: readonly { readonly width: number; readonly height: number }[],
  free: number,
): number {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + free) * (height + free), 0);
  return sizes.reduce((most, { width }) => Math.max(most, width), Math.sqrt(area * 1.6));
}

const among = (ids: ReadonlySet<string>, lines: readonly PlacedLine[]) =>
  lines.filter(({ from, to }) => ids.has(from.item) && ids.has(to.item));

const idsOf = (items: readonly PlacedItem[]): ReadonlySet<string> => new Set(items.map(({ id }) => id));

/** A group in parts; lines between the parts are not laid out. */
async function inParts(
  items: readonly PlacedItem[],
  lines: readonly PlacedLine[],
  engine: ELK,
): Promise<Part> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const parts: Part[] = [];
  for (const members of clusters([...byId.keys()], lines, partSize)) {
    const own = members.flatMap((id) => byId.get(id) ?? []);
    parts.push(await inLayers(own, among(idsOf(own), lines), engine));
  }
  return inRows(parts, rowWidth(parts, space.part), space.part);
}

/** Each group with those of its rectangles that have lines. */
async function connectedGroups(items: readonly PlacedItem[], lines: readonly PlacedLine[]): Promise<Group[]> {
  const engine = await loadEngine();
  const names = [...new Set(items.map(({ group }) => group))];
  const whole = items.length > manyItems ? undefined : await inLayers(items, lines, engine);
  const groups: Group[] = [];
  let x = 0;
  for (const name of names) {
    const own = items.filter(({ group }) => group === name);
    const inner = among(idsOf(own), lines);
    const part = whole ?? moved(await inParts(own, inner, engine), x, 0);
    const area =
      whole === undefined
        ? { x, y: 0, width: part.width - x, height: part.height }
        : boundsOf(whole, own, inner);
    groups.push({ name, part, area });
    x = area.x + area.width + space.group;
  }
  return groups;
}

/** Adds the rectangles without lines below those of their group, or as a group at the right. */
function withSingles(groups: readonly Group[], singles: readonly PlacedItem[]): Group[] {
  const all = [...groups];
  for (const name of new Set(singles.map(({ group }) => group))) {
    const own = singles.filter(({ group }) => group === name);
    const found = all.findIndex((group) => group.name === name);
    const { area } = all[found] ?? {};
    const right = all.reduce((most, group) => Math.max(most, group.area.x + group.area.width), 0);
    const rows = alone(own, area?.width ?? rowWidth(own, gap.item));
    const [x, y] =
      area === undefined
        ? [right === 0 ? 0 : right + space.group, 0]
        : [area.x, area.y + area.height + 2 * gap.item];
    const part = moved(rows, x, y);
    const grown: Group = {
      name,
      part: {
        ...part,
        items: new Map([...(all[found]?.part.items ?? []), ...part.items]),
        lines: all[found]?.part.lines ?? new Map(),
      },
      area: {
        x,
        y: area?.y ?? 0,
        width: Math.max(area?.width ?? 0, rows.width),
        height: y - (area?.y ?? 0) + rows.height,
      },
    };
    if (found === -1) all.push(grown);
    else all[found] = grown;
  }
  return all;
}

/** The ends of a line, or the way of one from a rectangle to itself. */
function straight({ from, to }: PlacedLine, endOf: (end: PlacedLine["from"]) => Point): Point[] {
  const [start, end] = [endOf(from), endOf(to)];
  if (from.item !== to.item) return [start, end];
  const x = Math.max(start.x, end.x) + loop;
  return [start, { x, y: start.y }, { x, y: end.y }, end];
}

/** Draws the borders of the groups around them, and moves everything so that it begins at the origin. */
function framed(
  groups: readonly Group[],
  items: readonly PlacedItem[],
  lines: readonly PlacedLine[],
): Placement {
  const areas = groups.map(({ name, area }) => ({
    name,
    x: area.x - inset.side,
    y: area.y - inset.top,
    width: area.width + 2 * inset.side,
    height: area.height + inset.top + inset.bottom,
  }));
  const ways = new Map(groups.flatMap(({ part }) => [...part.lines]));
  const byId = new Map(items.map((item) => [item.id, item]));
  const places = new Map(groups.flatMap(({ part }) => [...part.items]));
  const endOf = ({ item, port }: PlacedLine["from"]): Point => {
    const [at, owner] = [places.get(item), byId.get(item)];
    const found = owner?.ports.find(({ id }) => id === port);
    if (at === undefined || owner === undefined || found === undefined)
      throw new Error(`${item} has no port ${port}`);
    return { x: at.x + (found.side === "left" ? 0 : owner.width), y: at.y + found.y };
  };
  const drawn = new Map(lines.map((line) => [line.id, ways.get(line.id) ?? straight(line, endOf)]));
  const corners = [...areas, ...[...drawn.values()].flat()];
  const left = corners.reduce((least, { x }) => Math.min(least, x), 0);
  const top = corners.reduce((least, { y }) => Math.min(least, y), 0);
  const at = ({ x, y }: Point): Point => ({ x: x - left, y: y - top });
  return {
    width: areas.reduce((most, { x, width }) => Math.max(most, x + width), 0) - left,
    height: areas.reduce((most, { y, height }) => Math.max(most, y + height), 0) - top,
    items: new Map([...places].map(([id, point]) => [id, at(point)])),
    lines: new Map([...drawn].map(([id, points]) => [id, points.map(at)])),
    groups: new Map(areas.map(({ name, ...area }) => [name, { ...area, ...at(area) }])),
  };
}

/**
 * Places rectangles so that lines lead from the left to the right.
 * @param items with one width within a group
 */
export async function place(items: readonly PlacedItem[], lines: readonly PlacedLine[]): Promise<Placement> {
  const between = lines.filter(({ from, to }) => from.item !== to.item);
  const connected = new Set(between.flatMap(({ from, to }) => [from.item, to.item]));
  const groups = await connectedGroups(
    items.filter(({ id }) => connected.has(id)),
    between,
  );
  const all = withSingles(
    groups,
    items.filter(({ id }) => !connected.has(id)),
  );
  return framed(all, items, lines);
}
