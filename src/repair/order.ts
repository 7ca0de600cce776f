import { tableOfColumn } from "./dependencies.ts";
import { creationOrder } from "./kinds.ts";
import type { Unit } from "./unit.ts";

const ranks = new Map(creationOrder.flatMap((kindsOfRank, i) => kindsOfRank.map((kind) => [kind, i])));

function byRank(a: Unit, b: Unit): number {
  const [left, right] = [ranks.get(a.kind) ?? 0, ranks.get(b.kind) ?? 0];
  return left - right || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** Units so that each follows what it needs; within that, and in a circle that is left, by rank and name. */
export function inOrder(units: readonly Unit[]): Unit[] {
  const providers = new Map(units.flatMap((unit) => unit.provides.map((key) => [key, unit] as const)));
  const ordered: Unit[] = [];
  const visited = new Set<Unit>();
  for (const start of [...units].sort(byRank)) {
    // No recursion: chains of views may be longer than the stack.
    const path: { readonly unit: Unit; next: number }[] = [];
    const enter = (unit: Unit) => {
      if (visited.has(unit)) return;
      visited.add(unit);
      path.push({ unit, next: 0 });
    };
    enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const need = visit.unit.needs[visit.next++];
      if (need === undefined) {
        ordered.push(visit.unit);
        path.pop();
        continue;
      }
      const provider = providers.get(need) ?? providers.get(tableOfColumn(need));
      if (provider !== undefined) enter(provider);
    }
  }
  return ordered;
}
