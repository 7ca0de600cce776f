import type { ObjectKey } from "../schema/model.ts";

/** What each object needs. */
export type Graph = ReadonlyMap<ObjectKey, readonly ObjectKey[]>;

/** The state of Tarjan's algorithm for one object. */
interface Visit {
  readonly key: ObjectKey;
  readonly needs: readonly ObjectKey[];
  readonly index: number;
  lowest: number;
  next: number;
}

/**
 * The objects of each circle, by any of its objects: those that need each other, directly or through others. Objects in
 * no circle are left out.
 */
export function circlesOf(graph: Graph): ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>> {
  const circles = new Map<ObjectKey, ReadonlySet<ObjectKey>>();
  const indexes = new Map<ObjectKey, number>();
  const open: ObjectKey[] = [];
  const isOpen = new Set<ObjectKey>();
  const enter = (key: ObjectKey): Visit => {
    const index = indexes.size;
    indexes.set(key, index);
    open.push(key);
    isOpen.add(key);
    return { key, needs: graph.get(key) ?? [], index, lowest: index, next: 0 };
  };
  const close = ({ key }: Visit) => {
    const members = new Set(open.splice(open.indexOf(key)));
    for (const member of members) {
      isOpen.delete(member);
      if (members.size > 1) circles.set(member, members);
    }
  };
  for (const start of graph.keys()) {
    if (indexes.has(start)) continue;
    // No recursion: chains of views may be longer than the stack.
    const path = [enter(start)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const need = visit.needs[visit.next++];
      if (need === undefined) {
        if (visit.lowest === visit.index) close(visit);
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) parent.lowest = Math.min(parent.lowest, visit.lowest);
      } else if (!indexes.has(need)) path.push(enter(need));
      else if (isOpen.has(need)) visit.lowest = Math.min(visit.lowest, indexes.get(need) ?? visit.lowest);
    }
  }
  return circles;
}
