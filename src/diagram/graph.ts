import type { Reference, Table } from "./model.ts";

/** Tables that references connect, with these references. */
export interface Component {
  readonly tables: readonly Table[];
  readonly references: readonly Reference[];
}

/** Connected parts of tables and references, the largest first. */
export function components({ tables, references }: Component): Component[] {
  const group = new Map(tables.map(({ id }) => [id, id]));
  const leader = (id: string): string => {
    const up = group.get(id) ?? id;
    return up === id ? id : leader(up);
  };
  for (const { from, to } of references) group.set(leader(from), leader(to));
  const parts = new Map<string, Table[]>();
  for (const table of tables) {
    const key = leader(table.id);
    parts.set(key, [...(parts.get(key) ?? []), table]);
  }
  return [...parts.values()]
    .map((members) => {
      const ids = new Set(members.map(({ id }) => id));
      return { tables: members, references: references.filter(({ from }) => ids.has(from)) };
    })
    .sort((a, b) => b.tables.length - a.tables.length);
}

/**
 * References that close a cycle, found by a walk over the tables in order. Without them the tables can be sorted so
 * that each one follows those that it references.
 */
export function closingReferences({ tables, references }: Component): ReadonlySet<Reference> {
  const closing = new Set<Reference>();
  const state = new Map<string, "open" | "done">();
  const children = new Map<string, Reference[]>();
  for (const reference of references)
    children.set(reference.to, [...(children.get(reference.to) ?? []), reference]);
  const visit = (id: string): void => {
    state.set(id, "open");
    for (const reference of children.get(id) ?? []) {
      const seen = state.get(reference.from);
      if (seen === "open") closing.add(reference);
      else if (seen === undefined) visit(reference.from);
    }
    state.set(id, "done");
  };
  // Tables without references come first, so that few references close a cycle.
  const roots = tables.filter(({ id }) => !references.some(({ from, to }) => from === id && to !== id));
  for (const { id } of [...roots, ...tables]) if (!state.has(id)) visit(id);
  return closing;
}

/**
 * The weight of the heaviest chain of references that ends at each table, including the table; closing references are
 * left out.
 * @param weight of one table
 */
export function chains(
  { tables, references }: Component,
  weight: (table: Table) => number,
): ReadonlyMap<string, number> {
  const closing = closingReferences({ tables, references });
  const byId = new Map(tables.map((table) => [table.id, table]));
  const known = new Map<string, number>();
  const chain = (id: string): number => {
    const found = known.get(id);
    const table = byId.get(id);
    if (found !== undefined || table === undefined) return found ?? 0;
    const above = references.filter((reference) => reference.from === id && !closing.has(reference));
    const value = Math.max(0, ...above.map(({ to }) => chain(to))) + weight(table);
    known.set(id, value);
    return value;
  };
  for (const { id } of tables) chain(id);
  return known;
}

/** The number of tables in the longest chain of references above each table. */
export function depths(component: Component): ReadonlyMap<string, number> {
  return new Map([...chains(component, () => 1)].map(([id, length]) => [id, length - 1]));
}
