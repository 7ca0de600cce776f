import { type CatalogFacts, type HeldLock, isIndex } from "./catalog-facts.ts";
import { type Lock, sortLocks } from "./locks.ts";

/** Relations with a new file, and tables that were read in full; by name, sorted. */
export interface Effects {
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
}

/** What happened to known relations between two readings of the catalogs in one transaction. */
export function effectsOf(before: CatalogFacts, after: CatalogFacts, known: ReadonlySet<number>): Effects {
  const indexes = new Map(
    [...after.relations].flatMap(([oid, { kind, name }]) => (isIndex(kind) ? [[name, oid]] : [])),
  );
  const rewrites: string[] = [];
  const scans: string[] = [];
  for (const [oid, { name, kind, node, scans: scanned }] of before.relations) {
    if (!known.has(oid)) continue;
    // ALTER TABLE rebuilds an index under its name, and may keep its file.
    const now = after.relations.get(isIndex(kind) ? (indexes.get(name) ?? oid) : oid);
    if (now === undefined) continue;
    if (now.node !== node && node !== 0) rewrites.push(now.name);
    if (now.scans > scanned) scans.push(now.name);
  }
  return { rewrites: rewrites.sort(), scans: scans.sort() };
}

/**
 * Locks of the transaction on known relations.
 * @param names catalogs for the names, the preferred first: what a statement drops is only in earlier ones
 */
export function locksIn(
  locks: readonly HeldLock[],
  names: readonly CatalogFacts[],
  known: ReadonlySet<number>,
): Lock[] {
  return sortLocks(
    locks.flatMap(({ oid, mode }) => {
      if (!known.has(oid)) return [];
      const relation = names.flatMap(({ relations }) => relations.get(oid) ?? [])[0];
      return relation === undefined ? [] : [{ oid, relation: relation.name, kind: relation.kind, mode }];
    }),
  );
}
