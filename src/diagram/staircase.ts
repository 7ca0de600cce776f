import { boxOf, type LabelFormat, type Port } from "./box.ts";
import type { Drawing, Net, Placed, Segment } from "./drawing.ts";
import { type Component, depths } from "./graph.ts";
import { mergeSegments } from "./merge.ts";
import type { Reference, Table } from "./model.ts";

/** Positions of trunks and steps, in cells from the left of the box above. */
interface Stairs {
  readonly trunk: number;
  readonly step: number;
  /** Tables deeper than this start at the left again, and are connected on the right. */
  readonly maximum: number;
}

interface Stair {
  readonly table: Table;
  readonly depth: number;
  /** Tables above it whose trunks run down on its left, the outermost first. */
  readonly above: readonly string[];
}

/** The parent of each table: the deepest of those that it references by a foreign key. */
function parents({ tables, references }: Component): ReadonlyMap<string, string> {
  const depth = depths({ tables, references });
  const above = new Map<string, string>();
  const under = (id: string, ancestor: string): boolean => {
    const up = above.get(id);
    return id === ancestor || (up !== undefined && under(up, ancestor));
  };
  for (const { id } of tables) {
    const candidates = references.filter(
      ({ from, to, logical }) => from === id && !logical && !under(to, id),
    );
    const [best] = candidates.sort((a, b) => (depth.get(b.to) ?? 0) - (depth.get(a.to) ?? 0));
    if (best !== undefined) above.set(id, best.to);
  }
  return above;
}

/** All tables from top to bottom: each is followed by its children, the smallest groups first. */
function stairs(component: Component, maximum: number): Stair[] {
  const above = parents(component);
  const under = (id: string | undefined) => component.tables.filter((table) => above.get(table.id) === id);
  const size = (table: Table): number => under(table.id).reduce((sum, child) => sum + size(child), 1);
  const list: Stair[] = [];
  const cut: Table[] = [];
  const walk = (table: Table, path: readonly string[]): void => {
    list.push({ table, depth: path.length, above: path });
    const children = under(table.id).sort((a, b) => size(a) - size(b));
    for (const child of children)
      if (path.length < maximum) walk(child, [...path, table.id]);
      else cut.push(child);
  };
  const roots = under(undefined);
  for (const root of [
    ...roots.filter(({ stubOf }) => stubOf !== undefined),
    ...roots.filter(({ stubOf }) => stubOf === undefined),
  ])
    walk(root, []);
  for (let table = cut.shift(); table !== undefined; table = cut.shift()) walk(table, []);
  return list;
}

const railOf = ({ to, logical }: Reference) => `${to} ${logical ? "logical" : "key"}`;

/** Cells between a box and a rail on its right: the "many" end with its signs. */
const reach = 4;

interface Rail {
  readonly id: string;
  readonly references: readonly Reference[];
  readonly top: number;
  readonly bottom: number;
}

/** A column for each rail: to the right of every box next to it, without overlaps, short rails inside. */
function railColumns(rails: readonly Rail[], boxes: readonly Placed[]): ReadonlyMap<string, number> {
  const placed: { rail: Rail; x: number }[] = [];
  for (const rail of [...rails].sort((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    const { top, bottom } = rail;
    const beside = boxes.filter(({ box, y }) => y <= bottom && y + box.height > top);
    let x = Math.max(...beside.map((place) => place.x + place.box.width)) + reach - 1;
    for (const other of [...placed].sort((a, b) => a.x - b.x))
      if (other.rail.top <= bottom && other.rail.bottom >= top && Math.abs(other.x - x) < 2) x = other.x + 2;
    placed.push({ rail, x });
  }
  return new Map(placed.map(({ rail, x }) => [rail.id, x]));
}

function layOut(component: Component, labels: LabelFormat, { trunk, step, maximum }: Stairs): Drawing {
  const list = stairs(component, maximum);
  const isAbove = new Map(list.map(({ table, above }) => [table.id, new Set(above)]));
  const fromLeft = ({ from, to, logical }: Reference) => !logical && isAbove.get(from)?.has(to) === true;
  const order = new Map(list.map(({ table }, i) => [table.id, i]));
  let y = 0;
  const boxes = list.map(({ table, depth, above }): Placed => {
    const own = component.references.filter(({ from }) => from === table.id);
    // From left to right, the innermost trunk comes first, so that the outer ones end below it; a trunk that ends
    // here crosses none.
    const left = own.filter(fromLeft).sort((a, b) => above.indexOf(b.to) - above.indexOf(a.to));
    const right = own
      .filter((reference) => !fromLeft(reference))
      .sort((a, b) => (order.get(a.to) ?? 0) - (order.get(b.to) ?? 0));
    const starts = new Set(
      component.references
        .filter((reference) => reference.to === table.id && !fromLeft(reference))
        .map(railOf),
    );
    const ports: Port[] = [
      ...[...starts].map((key): Port => ({ key, side: "right", reference: undefined })),
      ...left.map((reference): Port => ({ key: reference.id, side: "left", reference })),
      ...right.map((reference): Port => ({ key: reference.id, side: "right", reference })),
    ];
    const placed = { box: boxOf(table, ports, labels), x: depth * step, y };
    y += placed.box.height;
    return placed;
  });
  const placeOf = (id: string): Placed => {
    const found = boxes[order.get(id) ?? -1];
    if (found === undefined) throw new Error(`no box for ${id}`);
    return found;
  };
  const row = (id: string, key: string) => {
    const { box, y: top } = placeOf(id);
    return top + (box.ports.get(key) ?? 0);
  };
  const groups = new Map<string, Reference[]>();
  for (const reference of component.references) {
    const key = fromLeft(reference) ? reference.to : railOf(reference);
    groups.set(key, [...(groups.get(key) ?? []), reference]);
  }
  const rails = [...groups].flatMap(([id, references]): Rail[] => {
    const [first] = references;
    if (first === undefined || fromLeft(first)) return [];
    const rows = [row(first.to, id), ...references.map((reference) => row(reference.from, reference.id))];
    return [{ id, references, top: Math.min(...rows), bottom: Math.max(...rows) }];
  });
  const columns = railColumns(rails, boxes);
  const nets = [...groups].map(([id, references]): Net => {
    const [first] = references;
    if (first === undefined) throw new Error("a line has no end");
    const parent = placeOf(first.to);
    const rail = columns.get(id);
    const rows = references.map((reference) => row(reference.from, reference.id));
    if (rail === undefined) {
      const x = parent.x + trunk;
      const start = { x, y: parent.y + parent.box.height - 1, to: "down" as const };
      const ends = references.map((reference, i) => ({
        reference,
        x: placeOf(reference.from).x - 1,
        y: rows[i] ?? 0,
        side: "left" as const,
      }));
      return {
        id,
        logical: false,
        start,
        ends,
        segments: mergeSegments([
          { x1: x, y1: start.y + 1, x2: x, y2: Math.max(...rows) },
          ...ends.map((end): Segment => ({ x1: x, y1: end.y, x2: end.x, y2: end.y })),
        ]),
      };
    }
    const start = { x: parent.x + parent.box.width - 1, y: row(first.to, id), to: "right" as const };
    const ends = references.map((reference, i) => {
      const { box, x } = placeOf(reference.from);
      return { reference, x: x + box.width, y: rows[i] ?? 0, side: "right" as const };
    });
    return {
      id,
      logical: first.logical,
      start,
      ends,
      segments: mergeSegments([
        { x1: start.x + 1, y1: start.y, x2: rail, y2: start.y },
        { x1: rail, y1: Math.min(start.y, ...rows), x2: rail, y2: Math.max(start.y, ...rows) },
        ...ends.map((end): Segment => ({ x1: end.x, y1: end.y, x2: rail, y2: end.y })),
      ]),
    };
  });
  const width = Math.max(
    ...boxes.map(({ box, x }) => x + box.width),
    ...[...columns.values()].map((x) => x + 1),
  );
  return { width, height: y, boxes, nets };
}

/**
 * A narrow layout: one table below the other, with referring tables indented below the referenced one on its trunk.
 * Other references run along rails on the right.
 * @returns the drawing with the widest steps that fit, else the narrowest one
 */
export function staircase(component: Component, labels: LabelFormat, width: number): Drawing {
  const deepest = Math.max(...depths(component).values());
  let narrowest: Drawing | undefined;
  for (let maximum = deepest; maximum >= 0; maximum--)
    for (const [trunk, step] of [
      [2, 7],
      [2, 6],
      [1, 5],
    ] as const) {
      const drawing = layOut(component, labels, { trunk, step, maximum });
      if (drawing.width <= width) return drawing;
      if (narrowest === undefined || drawing.width < narrowest.width) narrowest = drawing;
    }
  if (narrowest === undefined) throw new Error("a component without tables");
  return narrowest;
}
