import { cells } from "../diagram/cells.ts";
import { place } from "../diagram/placement.ts";
import type { Area, PlacedItem, PlacedLine, Point } from "../diagram/plane.ts";
import type { Page, PageColumn, PageReference, PageTable } from "./model.ts";

/** Sizes in user units, at a scale of 1 in CSS pixels. Names are in a monospace font: see `charWidth`. */
export const sizes = { head: 34, row: 20, foot: 26, padding: 14, role: 26 } as const;
/** The widest of the usual monospace fonts has characters of 0.602 em. */
const charWidth = { title: 13.5 * 0.605, row: 12 * 0.605 } as const;
/** Columns in a box, and characters of a name: longer ones are cut. */
const [mostRows, mostCells] = [14, 34];

/** A table with its place. */
export interface PlacedTable extends Area {
  readonly table: PageTable;
  /** The name, cut if it is long. */
  readonly label: string;
  readonly rows: readonly { readonly column: PageColumn; readonly label: string; readonly y: number }[];
  /** Where the names of the columns begin. */
  readonly names: number;
}

export interface PlacedReference {
  readonly reference: PageReference;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly tables: readonly PlacedTable[];
  readonly references: readonly PlacedReference[];
  readonly databases: ReadonlyMap<string, Area>;
}

/** A name of at most a number of terminal cells. */
function cut(name: string): string {
  if (cells(name) <= mostCells) return name;
  let short = "";
  for (const character of name) {
    if (cells(short) + cells(character) > mostCells - 1) break;
    short += character;
  }
  return `${short}…`;
}

function rank({ roles }: PageColumn): number {
  return roles.includes("PK") ? 0 : 1;
}

/** The columns in a box: those of the keys and references. */
function keyColumns({ columns }: PageTable): PageColumn[] {
  return columns
    .filter(({ roles }) => roles.length > 0)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, mostRows);
}

type Box = Pick<PlacedTable, "table" | "label" | "rows" | "names" | "width" | "height">;

function boxOf(table: PageTable): Box {
  const columns = keyColumns(table);
  const names = sizes.padding + sizes.role * Math.max(0, ...columns.map(({ roles }) => roles.length));
  const label = cut(table.name);
  const rows = columns.map((column, i) => ({
    column,
    label: cut(column.name),
    y: sizes.head + i * sizes.row,
  }));
  const width = Math.max(
    200,
    2 * sizes.padding + cells(label) * charWidth.title,
    ...rows.map((row) => names + cells(row.label) * charWidth.row + sizes.padding),
  );
  return {
    table,
    label,
    rows,
    names,
    width: Math.ceil(width / 4) * 4,
    height: sizes.head + rows.length * sizes.row + (rows.length > 0 ? 6 : 0) + sizes.foot,
  };
}

/** The middle of a column's row; of the heading without one. */
function heightOf({ rows }: Box, columns: readonly string[]): number {
  const row = rows.find(({ column }) => columns.includes(column.name));
  return row === undefined ? sizes.head / 2 : row.y + sizes.row / 2;
}

/** Where a reference starts at the referenced table: logical ones at its name, so that the two kinds share no line. */
function startHeight(box: Box, { logical, toColumns }: PageReference): number {
  return logical ? sizes.head / 2 : heightOf(box, toColumns);
}

/** The heights at which lines meet a box: of its own references at the left, or at the right for one to itself. */
function itemOf(box: Box, references: readonly PageReference[]): PlacedItem {
  const { table, width, height } = box;
  const own = references
    .filter(({ from }) => from === table.id)
    .map(({ id, to, columns }) => ({
      id,
      side: to === table.id ? ("right" as const) : ("left" as const),
      y: heightOf(box, columns),
    }));
  const starts = references.filter(({ to }) => to === table.id).map((one) => startHeight(box, one));
  return {
    id: table.id,
    group: table.database,
    width,
    height,
    ports: [...own, ...[...new Set(starts)].map((y) => ({ id: `at ${y}`, side: "right" as const, y }))],
  };
}

/** Groups references by the tables at their ends. */
function byTable(references: readonly PageReference[]): ReadonlyMap<string, readonly PageReference[]> {
  const found = new Map<string, PageReference[]>();
  for (const reference of references)
    for (const id of new Set([reference.from, reference.to])) {
      const known = found.get(id);
      if (known === undefined) found.set(id, [reference]);
      else known.push(reference);
    }
  return found;
}

/** Places the tables of all databases, and the lines between them. */
export async function layOut({ tables, references }: Page): Promise<Layout> {
  const widths = new Map<string, number>();
  const free = tables.map(boxOf);
  for (const { table, width } of free)
    widths.set(table.database, Math.max(widths.get(table.database) ?? 0, width));
  const boxes = new Map(
    free.map((box) => [box.table.id, { ...box, width: widths.get(box.table.database) ?? box.width }]),
  );
  const drawn = references.filter(({ from, to }) => boxes.has(from) && boxes.has(to));
  const touching = byTable(drawn);
  const items = [...boxes.values()].map((box) => itemOf(box, touching.get(box.table.id) ?? []));
  const lines = drawn.flatMap((reference): PlacedLine[] => {
    const { id, from, to } = reference;
    const box = boxes.get(to);
    if (box === undefined) return [];
    return [
      { id, from: { item: to, port: `at ${startHeight(box, reference)}` }, to: { item: from, port: id } },
    ];
  });
  const placed = await place(items, lines);
  return {
    width: placed.width,
    height: placed.height,
    databases: placed.groups,
    tables: [...boxes.values()].map((box) => ({
      ...box,
      ...(placed.items.get(box.table.id) ?? { x: 0, y: 0 }),
    })),
    references: drawn.map((reference) => ({ reference, points: placed.lines.get(reference.id) ?? [] })),
  };
}
