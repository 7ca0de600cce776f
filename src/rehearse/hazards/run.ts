import { isAtLeastMode, type LockMode } from "../../sql/lock-modes.ts";
import type { CatalogFacts, ColumnFacts, ConstraintFacts, RelationFacts } from "../catalog-facts.ts";
import type { Measured, Outcome } from "../outcome.ts";

/** A measured statement with what it changed in the catalogs. */
export interface Step extends Measured {
  /** Its index in the file. */
  readonly at: number;
  /** Oids of the relations that existed before the run. */
  readonly known: ReadonlySet<number>;
}

/** A migration that ran, for the rules of hazards. */
export interface MigrationRun {
  readonly outcomes: readonly Outcome[];
  /** The statements that ran, in order. */
  readonly steps: readonly Step[];
  /** Whether they ran in one transaction. */
  readonly inTransaction: boolean;
}

/** Whether a statement itself takes at least a mode on a relation. */
export function takes({ locks }: Step, oid: number, least: LockMode): boolean {
  return locks.some((lock) => lock.oid === oid && isAtLeastMode(lock.mode, least));
}

/** Whether the transaction held at least a mode on a relation before a statement. */
export function heldBefore(run: MigrationRun, { at }: Step, oid: number, least: LockMode): boolean {
  return run.steps.some((step) => step.at < at && takes(step, oid, least));
}

export function nameOf(facts: CatalogFacts, oid: number): string {
  return facts.relations.get(oid)?.name ?? String(oid);
}

export function isRewritten({ before, after }: Step, oid: number): boolean {
  const [old, now] = [before.relations.get(oid), after.relations.get(oid)];
  return old !== undefined && now !== undefined && old.node !== 0 && old.node !== now.node;
}

export function isScanned({ before, after }: Step, oid: number): boolean {
  return (after.relations.get(oid)?.scans ?? 0) > (before.relations.get(oid)?.scans ?? 0);
}

/** Tables that existed before the run, with their state before a statement. */
export function knownTables({ before, known }: Step): (readonly [oid: number, table: RelationFacts])[] {
  return [...before.relations].filter(([oid, { kind }]) => known.has(oid) && /[rpmf]/.test(kind));
}

/** What a map of the catalogs has after a statement and had not before it. */
export function added<Key, Facts>(
  before: ReadonlyMap<Key, Facts>,
  after: ReadonlyMap<Key, Facts>,
): [Key, Facts][] {
  return [...after].filter(([key]) => !before.has(key));
}

/** Columns of a table that a statement added. */
export function addedColumns({ before, after }: Step, table: number): ColumnFacts[] {
  return added(before.columns, after.columns).flatMap(([, column]) =>
    column.relation === table ? [column] : [],
  );
}

/** Columns of a table whose type a statement changed. */
export function retypedColumns({ before, after }: Step, table: number): ColumnFacts[] {
  return [...after.columns].flatMap(([key, column]) => {
    const old = before.columns.get(key);
    return column.relation === table && old !== undefined && old.type !== column.type ? [column] : [];
  });
}

/** Columns of a table that a statement made NOT NULL. */
export function requiredColumns({ before, after }: Step, table: number): ColumnFacts[] {
  return [...after.columns].flatMap(([key, column]) => {
    const old = before.columns.get(key);
    return column.relation === table && old !== undefined && !old.notNull && column.notNull ? [column] : [];
  });
}

/** Constraints of a type that a statement added to a table. */
export function addedConstraints({ before, after }: Step, table: number, types: RegExp): ConstraintFacts[] {
  return added(before.constraints, after.constraints).flatMap(([, one]) =>
    one.table === table && types.test(one.type) ? [one] : [],
  );
}

/** Whether a table stays, and is not only emptied or dropped. */
export function stays({ after }: Step, oid: number): boolean {
  return after.relations.has(oid);
}

/** The upper-case words with which a statement begins. */
export function startsWith({ statement: { words } }: Step, ...expected: readonly string[]): boolean {
  return expected.every((word, i) => words[i] === word);
}
