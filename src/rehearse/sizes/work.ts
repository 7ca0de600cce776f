import type { CatalogFacts } from "../catalog-facts.ts";

/**
 * What takes the time of statements, in amounts of each kind. Each kind has its own speed on a server: bytes of
 * tables written, entries of indexes built (by access method), bytes of files copied, rows checked, rows joined to
 * validate a foreign key.
 */
export type Work = Readonly<Record<string, number>>;

export const workKinds = {
  tables: "bytes of tables",
  copies: "bytes copied",
  checks: "rows checked",
  joins: "rows joined",
  entries: (method: string) => `${method} entries`,
} as const;

/** The amounts of several statements together. */
export function totalWork(all: readonly Work[]): Work {
  const total: Record<string, number> = {};
  for (const work of all)
    for (const [kind, amount] of Object.entries(work))
      if (amount > 0) total[kind] = (total[kind] ?? 0) + amount;
  return total;
}

/** Whether a foreign key was validated between two readings of the catalogs: its tables are joined for that. */
export function validatesForeignKey(before: CatalogFacts, after: CatalogFacts): boolean {
  return [...after.constraints].some(
    ([oid, { type, validated }]) =>
      type === "f" && validated && before.constraints.get(oid)?.validated !== true,
  );
}

/** The same work while others write: it reads twice, and is another kind. */
export function concurrentWork(work: Work): Work {
  return Object.fromEntries(Object.entries(work).map(([kind, amount]) => [`${kind}, concurrently`, amount]));
}
