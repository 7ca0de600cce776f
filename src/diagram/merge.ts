import type { Segment } from "./drawing.ts";

/** Merges intervals that touch or overlap. */
function union(intervals: readonly (readonly [number, number])[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Merges the overlapping segments of one net. */
export function mergeSegments(segments: readonly Segment[]): Segment[] {
  const rows = new Map<number, [number, number][]>();
  const columns = new Map<number, [number, number][]>();
  for (const { x1, y1, x2, y2 } of segments) {
    const [lines, at, a, b] = y1 === y2 ? [rows, y1, x1, x2] : [columns, x1, y1, y2];
    const known = lines.get(at);
    const run: [number, number] = [Math.min(a, b), Math.max(a, b)];
    if (known === undefined) lines.set(at, [run]);
    else known.push(run);
  }
  return [
    ...[...rows].flatMap(([y, runs]) => union(runs).map(([x1, x2]) => ({ x1, y1: y, x2, y2: y }))),
    ...[...columns].flatMap(([x, runs]) => union(runs).map(([y1, y2]) => ({ x1: x, y1, x2: x, y2 }))),
  ];
}
