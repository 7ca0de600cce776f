import type { ELK as Elk, ElkNode, ElkPort } from "elkjs/lib/elk-api.js";
import { boxOf, type LabelFormat, type Port } from "./box.ts";
import type { Box, Drawing, End, Net, Segment, Side } from "./drawing.ts";
import { type Component, closingReferences } from "./graph.ts";
import { mergeSegments } from "./merge.ts";
import type { Reference } from "./model.ts";

/** Free cells next to a box: the "many" end with its signs, and one cell before the first trunk. */
const gap = 4;

const layoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.separateConnectedComponents": "false",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
  // In cells. Coordinates are rounded down later, which keeps distances of at least a cell.
  "elk.spacing.nodeNode": "1",
  "elk.spacing.edgeNode": "1",
  "elk.spacing.edgeEdge": "1",
  "elk.spacing.nodeSelfLoop": "3",
  "elk.layered.spacing.nodeNodeBetweenLayers": String(2 * gap),
  "elk.layered.spacing.edgeNodeBetweenLayers": String(gap),
  "elk.layered.spacing.edgeEdgeBetweenLayers": "2",
};

/** Which sides a reference connects. */
interface Run {
  readonly reference: Reference;
  /** Side of the referring table. */
  readonly from: Side;
  /** Side of the referenced table. */
  readonly to: Side;
  readonly startKey: string;
}

function runsOf(component: Component): Run[] {
  const closing = closingReferences(component);
  return component.references.map((reference): Run => {
    const loop = reference.from === reference.to;
    const to = closing.has(reference) && !loop ? "left" : "right";
    const from = closing.has(reference) ? "right" : "left";
    const kind = `${loop ? "loop " : ""}${reference.logical ? "logical" : "key"}`;
    return { reference, from, to, startKey: `${kind} ${to}` };
  });
}

function portsOf(table: string, runs: readonly Run[]): Port[] {
  const starts = new Map(
    runs.filter(({ reference }) => reference.to === table).map(({ startKey, to }) => [startKey, to]),
  );
  return [
    ...[...starts].map(([key, side]) => ({ key, side, reference: undefined })),
    ...runs
      .filter(({ reference }) => reference.from === table)
      .map(({ reference, from }) => ({ key: reference.id, side: from, reference })),
  ];
}

const portId = (table: string, key: string) => JSON.stringify([table, key]);

/** From this number of references the best placement takes too long: its time grows faster than their square. */
const manyReferences = 150;

/** How ELK places boxes. If only the order of ports is wanted, it does not matter. */
function placement(references: number, fixed: boolean): string {
  if (!fixed) return "SIMPLE";
  return references > manyReferences ? "BRANDES_KOEPF" : "NETWORK_SIMPLEX";
}

function elkGraph(
  boxes: readonly Box[],
  ports: ReadonlyMap<string, readonly Port[]>,
  runs: readonly Run[],
  fixed: boolean,
): ElkNode {
  return {
    id: "diagram",
    layoutOptions: { ...layoutOptions, "elk.layered.nodePlacement.strategy": placement(runs.length, fixed) },
    children: boxes.map((box) => ({
      id: box.table.id,
      width: box.width,
      height: box.height,
      layoutOptions: { "elk.portConstraints": fixed ? "FIXED_POS" : "FIXED_SIDE", "elk.alignment": "LEFT" },
      ports: (ports.get(box.table.id) ?? []).map(
        ({ key, side }): ElkPort => ({
          id: portId(box.table.id, key),
          width: 0,
          height: 0,
          ...(fixed && { x: side === "left" ? 0 : box.width, y: box.ports.get(key) ?? 0 }),
          layoutOptions: { "elk.port.side": side === "left" ? "WEST" : "EAST" },
        }),
      ),
    })),
    // A reference that closes a cycle is drawn from its table's right side to the other table's left side.
    edges: runs.map(({ reference, from, to, startKey }) => {
      const start = portId(reference.to, startKey);
      const end = portId(reference.from, reference.id);
      const ends = to === "left" && from === "right" ? [end, start] : [start, end];
      return { id: reference.id, sources: ends.slice(0, 1), targets: ends.slice(1) };
    }),
  };
}

/** The cells of one of ELK's lines, without those of the boxes at its ends. */
function segmentsOf(points: readonly { x: number; y: number }[]): Segment[] {
  const cells = points.map(({ x, y }) => ({ x: Math.floor(x), y: Math.floor(y) }));
  return cells.slice(1).map((end, i) => {
    const start = cells[i] ?? end;
    return { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
  });
}

/**
 * Lays out in layers from left to right, by ELK's layered algorithm: tables are to the right of those that they
 * reference.
 * @param elk ELK's layout engine
 */
export async function layered(component: Component, labels: LabelFormat, elk: Elk): Promise<Drawing> {
  const runs = runsOf(component);
  const free = new Map(component.tables.map(({ id }) => [id, portsOf(id, runs)]));
  const boxes = (ports: ReadonlyMap<string, readonly Port[]>) =>
    component.tables.map((table) => boxOf(table, ports.get(table.id) ?? [], labels));
  // The first pass finds an order of the ports with few crossings; the second places them on lines of text.
  const sketch = await elk.layout(elkGraph(boxes(free), free, runs, false));
  const heights = new Map(
    sketch.children?.flatMap(({ ports }) => ports ?? []).map(({ id, y = 0 }) => [id, y]),
  );
  const ordered = new Map(
    [...free].map(([id, ports]) => {
      const height = ({ key }: Port) => heights.get(portId(id, key)) ?? 0;
      const starts = ports.filter(({ reference }) => reference === undefined);
      const ends = ports.filter(({ reference }) => reference !== undefined);
      return [id, [...starts, ...ends.sort((a, b) => height(a) - height(b))]];
    }),
  );
  const final = boxes(ordered);
  const result = await elk.layout(elkGraph(final, ordered, runs, true));
  const places = new Map(
    result.children?.map(({ id, x = 0, y = 0 }) => [id, { x: Math.floor(x), y: Math.floor(y) }]),
  );
  const placed = final.map((box) => ({ box, ...(places.get(box.table.id) ?? { x: 0, y: 0 }) }));
  const border = (table: string, key: string, side: Side) => {
    const found = placed.find(({ box }) => box.table.id === table);
    if (found === undefined) throw new Error(`no box for ${table}`);
    return {
      x: side === "left" ? found.x : found.x + found.box.width - 1,
      y: found.y + (found.box.ports.get(key) ?? 0),
    };
  };
  const nets = new Map<string, Net>();
  for (const { reference, from, to, startKey } of runs) {
    const id = `${reference.to} ${startKey}`;
    const edge = result.edges?.find((candidate) => candidate.id === reference.id);
    // A line ends on the left border of a box; a loop ends on its right.
    const inset = reference.from === reference.to ? 0 : 1;
    const segments = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
      segmentsOf([startPoint, ...bendPoints, { x: endPoint.x - inset, y: endPoint.y }]),
    );
    const at = border(reference.from, reference.id, from);
    const end: End = { reference, x: at.x + (from === "left" ? -1 : 1), y: at.y, side: from };
    const start = { ...border(reference.to, startKey, to), to };
    const earlier = nets.get(id);
    nets.set(id, {
      id,
      logical: reference.logical,
      start,
      segments: [...(earlier?.segments ?? []), ...segments],
      ends: [...(earlier?.ends ?? []), end],
    });
  }
  for (const [id, net] of nets) nets.set(id, { ...net, segments: mergeSegments(net.segments) });
  const width = Math.max(
    0,
    ...placed.map(({ box, x }) => x + box.width),
    ...[...nets.values()].flatMap(({ segments }) => segments.flatMap(({ x1, x2 }) => [x1 + 1, x2 + 1])),
  );
  const height = Math.max(
    0,
    ...placed.map(({ box, y }) => y + box.height),
    ...[...nets.values()].flatMap(({ segments }) => segments.flatMap(({ y1, y2 }) => [y1 + 1, y2 + 1])),
  );
  return { width, height, boxes: placed, nets: [...nets.values()] };
}
