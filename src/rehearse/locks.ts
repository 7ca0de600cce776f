import { isAtLeastMode } from "../sql/lock-modes.ts";

/** A lock on a relation that existed before the run. */
export interface Lock {
  readonly oid: number;
  /** The relation, as SQL writes its name. */
  readonly relation: string;
  /** `relkind` of pg_class. */
  readonly kind: string;
  /** As pg_locks writes it. */
  readonly mode: string;
}

/** What other sessions cannot do on some relation, the strongest first. */
export const blockings = ["reads", "writes", "ddl", "nothing"] as const;
export type Blocking = (typeof blockings)[number];

/**
 * What a lock keeps other sessions from. Planning a query locks all indexes of its tables, for a read with
 * AccessShareLock and for a write with RowExclusiveLock; `nextval` takes RowExclusiveLock on its sequence.
 */
function blockedBy({ kind, mode }: Lock): Blocking {
  const conflictsWithWrites = isAtLeastMode(mode, "ShareLock");
  if (kind === "S") return conflictsWithWrites ? "writes" : "nothing";
  if (mode === "AccessExclusiveLock") return "reads";
  if (kind === "v") return "nothing";
  // Only a refresh writes to a materialized view, which waits for all of these.
  if (kind === "m") return isAtLeastMode(mode, "ShareUpdateExclusiveLock") ? "ddl" : "nothing";
  if (conflictsWithWrites) return "writes";
  const isTable = kind !== "i" && kind !== "I";
  return isTable && mode === "ShareUpdateExclusiveLock" ? "ddl" : "nothing";
}

/** The strongest thing that another session cannot do on one of the relations. */
export function blocksOf(locks: readonly Lock[]): Blocking {
  const found = new Set(locks.map(blockedBy));
  return blockings.find((blocking) => found.has(blocking)) ?? "nothing";
}

/** By relation and mode, each once. */
export function sortLocks(locks: readonly Lock[]): Lock[] {
  const unique = new Map(locks.map((lock) => [`${lock.relation}\u0000${lock.mode}`, lock]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lock]) => lock);
}
