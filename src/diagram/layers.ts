import type { ELK, ElkNode } from "elkjs/lib/elk-api.js";
import { normal, type Part, type PlacedItem, type PlacedLine, type Point } from "./plane.ts";

/** Free space between rectangles, and between the layers. */
export const gap = { item: 30, layer: 72 };

const layoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.separateConnectedComponents": "false",
  "elk.partitioning.activate": "true",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
  "elk.spacing.nodeNode": String(gap.item),
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeEdge": "10",
  "elk.layered.spacing.nodeNodeBetweenLayers": String(gap.layer),
  "elk.layered.spacing.edgeNodeBetweenLayers": "22",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "10",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
};

function graphOf(items: readonly PlacedItem[], lines: readonly PlacedLine[]): ElkNode {
  const groups = [...new Set(items.map(({ group }) => group))];
  return {
    id: "placement",
    layoutOptions,
    children: items.map(({ id, group, width, height, ports }) => ({
      id: `item ${id}`,
      width,
      height,
      layoutOptions: {
        "elk.portConstraints": "FIXED_POS",
        "elk.partitioning.partition": String(groups.indexOf(group)),
      },
      ports: ports.map((port) => ({
        id: `port ${id} ${port.id}`,
        width: 0,
        height: 0,
        x: port.side === "left" ? 0 : width,
        y: port.y,
        layoutOptions: { "elk.port.side": port.side === "left" ? "WEST" : "EAST" },
      })),
    })),
    edges: lines.map(({ id, from, to }) => ({
      id,
      sources: [`port ${from.item} ${from.port}`],
      targets: [`port ${to.item} ${to.port}`],
    })),
  };
}

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** Places rectangles in layers from left to right, by ELK; a group is to the right of the groups before it. */
export async function inLayers(
  items: readonly PlacedItem[],
  lines: readonly PlacedLine[],
  engine: ELK,
): Promise<Part> {
  const result = await engine.layout(graphOf(items, lines));
  const places = (result.children ?? []).map(
    ({ id, x = 0, y = 0 }) => [id.slice("item ".length), rounded({ x, y })] as const,
  );
  const corners = (result.edges ?? []).map(({ id, sections = [] }) => {
    const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
      startPoint,
      ...bendPoints,
      endPoint,
    ]);
    return [id, points.map(rounded)] as const;
  });
  return normal(items, new Map(places), new Map(corners));
}
