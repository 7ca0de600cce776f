import type { PlacedLine } from "./plane.ts";

/**
 * Divides rectangles into parts of a size at most, so that few lines lead from one to another: each part grows from the
 * rectangle with the most lines that is still free, by the neighbour with the largest share of its lines into the part.
 */
export function clusters(
  ids: readonly string[],
  lines: readonly PlacedLine[],
  size: number,
): (readonly string[])[] {
  const neighbours = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of lines) {
    if (!neighbours.has(from.item) || !neighbours.has(to.item)) continue;
    neighbours.get(from.item)?.push(to.item);
    neighbours.get(to.item)?.push(from.item);
  }
  const degree = (id: string) => neighbours.get(id)?.length ?? 0;
  const free = new Set(ids);
  const parts: string[][] = [];
  // A stable sort: of equal ones, the first.
  for (const hub of [...ids].sort((a, b) => degree(b) - degree(a))) {
    if (!free.delete(hub)) continue;
    const part = [hub];
    const candidates = new Map<string, number>();
    const join = (id: string) => {
      for (const next of neighbours.get(id) ?? [])
        if (free.has(next)) candidates.set(next, (candidates.get(next) ?? 0) + 1);
    };
    join(hub);
    while (part.length < size && candidates.size > 0) {
      // The one with the largest share of its lines into the part.
      const [[best] = [""]] = [...candidates].sort(
        ([a, x], [b, y]) => y / degree(b) - x / degree(a) || degree(b) - degree(a),
      );
      candidates.delete(best);
      free.delete(best);
      part.push(best);
      join(best);
    }
    parts.push(part);
  }
  return parts;
}
