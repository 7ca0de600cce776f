import { type ColumnsMode, columnRank, shownColumns } from "./columns.ts";
import type { Box, BoxLine, PortKey, Side, Span } from "./drawing.ts";
import type { Change, Column, Reference, Table } from "./model.ts";

/** How names become text of known width. */
export interface LabelFormat {
  /** A name with characters escaped that the style cannot show. */
  readonly show: (name: string) => string;
  /** Width of a text in cells. */
  readonly width: (text: string) => number;
  readonly columns: ColumnsMode;
}

/** A place where a line meets a box. */
export interface Port {
  readonly key: PortKey;
  readonly side: Side;
  /** The reference whose "many" end it is; undefined at the referenced table. */
  readonly reference: Reference | undefined;
}

const changeMarks: Record<Change, string> = { added: "+", missing: "-", changed: "~" };

/** The sign of a change: `+`, `-` or `~`. */
export function changeMark(change: Change | undefined): string {
  return change === undefined ? "" : changeMarks[change];
}

interface Row {
  readonly column: Column | undefined;
  readonly taken: Set<Side>;
}

/** The visible columns, those of references in the order of their lines. */
function orderedColumns(table: Table, mode: ColumnsMode, ports: readonly Port[]): readonly Column[] {
  const order = ports.flatMap(({ reference }) => reference?.columns ?? []);
  const place = ({ name }: Column) => {
    const found = order.indexOf(name);
    return found === -1 ? order.length : found;
  };
  return [...shownColumns(table, mode)].sort((a, b) => columnRank(a) - columnRank(b) || place(a) - place(b));
}

/** The number of references of a column: the fewer, the better it describes a reference next to it. */
function uses(column: Column, ports: readonly Port[]): number {
  return ports.filter(({ reference }) => reference?.columns.includes(column.name)).length;
}

/** Chooses the row of a port: that of one of its columns, else the first free one, or a new one. */
function takeRow(rows: Row[], { side, reference }: Port, ports: readonly Port[]): number {
  const free = rows.filter(({ taken }) => !taken.has(side));
  const [own] = free
    .flatMap((row) =>
      row.column !== undefined && reference?.columns.includes(row.column.name)
        ? [{ row, uses: uses(row.column, ports) }]
        : [],
    )
    .sort((a, b) => a.uses - b.uses);
  let row = own?.row ?? free.find(({ column }) => reference === undefined || column === undefined);
  if (row === undefined) {
    row = { column: undefined, taken: new Set() };
    rows.push(row);
  }
  row.taken.add(side);
  return rows.indexOf(row);
}

function columnSpans(
  { name, type, nullable, roles }: Column,
  labels: LabelFormat,
  marks: number,
  names: number,
): Span[] {
  const typed: readonly Span[] =
    labels.columns === "all"
      ? [{ x: 2 + marks + names + 1, text: `${labels.show(type)}${nullable ? "?" : ""}`, role: "type" }]
      : [];
  return [
    { x: 2, text: roles.join(","), role: "mark" },
    { x: 2 + marks, text: labels.show(name), role: "name" },
    ...typed,
  ];
}

/**
 * The box of a table: its name, then its columns, with a row for each port.
 * @param ports in their order on each side
 */
export function boxOf(table: Table, ports: readonly Port[], labels: LabelFormat): Box {
  const { show, width } = labels;
  const columns = orderedColumns(table, labels.columns, ports);
  const shift = [table, ...columns].some(({ change }) => change !== undefined) ? 2 : 0;
  const roles = Math.max(0, ...columns.map((column) => column.roles.join(",").length));
  const marks = roles === 0 ? 0 : roles + 1;
  const names = Math.max(0, ...columns.map(({ name }) => width(show(name))));
  const line = (change: Change | undefined, spans: readonly Span[]): BoxLine => ({
    kind: "text",
    change,
    spans: [
      ...(change === undefined ? [] : [{ x: 2, text: changeMark(change), role: "change" } as const]),
      ...spans.filter(({ text }) => text !== "").map((span) => ({ ...span, x: span.x + shift })),
    ],
  });
  const notes =
    table.stubOf !== undefined
      ? `in ${show(table.stubOf)}`
      : table.partitions !== undefined
        ? `${table.partitions} ${table.partitions === 1 ? "partition" : "partitions"}`
        : undefined;
  const head = [
    line(table.change, [{ x: 2, text: show(table.name), role: "title" }]),
    ...(notes === undefined ? [] : [line(undefined, [{ x: 2, text: notes, role: "note" }])]),
  ];
  // Rows for ports: without columns those of the heading, and blank ones below it.
  const headRows: Row[] = head.map(() => ({ column: undefined, taken: new Set() }));
  const columnRows: Row[] = columns.map((column) => ({ column, taken: new Set() }));
  const hasColumns = columns.length > 0;
  const taken = ports.map((port) => {
    const inHead =
      !hasColumns || (port.reference === undefined && headRows.some((row) => !row.taken.has(port.side)));
    return { key: port.key, inHead, row: takeRow(inHead ? headRows : columnRows, port, ports) };
  });
  const blank = line(undefined, []);
  const top = [...head, ...headRows.slice(head.length).map(() => blank)];
  const below = columnRows.map(({ column }) =>
    column === undefined ? blank : line(column.change, columnSpans(column, labels, marks, names)),
  );
  const lines = hasColumns
    ? [...top, { kind: "rule" as const, spans: [], change: undefined }, ...below]
    : top;
  const inner = Math.max(0, ...lines.flatMap(({ spans }) => spans.map(({ x, text }) => x + width(text))));
  return {
    table,
    width: inner + 2,
    height: lines.length + 2,
    lines,
    ports: new Map(taken.map(({ key, inHead, row }) => [key, (inHead ? 0 : top.length + 1) + row + 1])),
  };
}
