import type { Found, HazardRule } from "../hazard.ts";
import {
  added,
  addedColumns,
  addedConstraints,
  isRewritten,
  isScanned,
  knownTables,
  nameOf,
  requiredColumns,
  type Step,
  takes,
} from "../run.ts";

/** Tables that a statement reads in full while it keeps others from reading them, and does not rewrite. */
function scannedTables(step: Step): (readonly [oid: number, name: string])[] {
  return knownTables(step).flatMap(([oid, { name }]) => {
    const isClosed =
      takes(step, oid, "AccessExclusiveLock") && isScanned(step, oid) && !isRewritten(step, oid);
    return isClosed && !buildsIndex(step, oid) ? [[oid, name] as const] : [];
  });
}

/** Builds of indexes also read the table. */
function buildsIndex(step: Step, table: number): boolean {
  const made = added(step.before.indexes, step.after.indexes).some(([, index]) => index.table === table);
  return (
    made &&
    takes(step, table, "ShareLock") &&
    step.locks.some(({ oid, mode }) => oid === table && mode === "ShareLock")
  );
}

/** Tables that a statement attaches, and default partitions of their new parents. */
function attached({ before, after }: Step): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [child, parent] of added(before.parents, after.parents)) {
    found.add(child);
    for (const [other, of] of before.parents) if (of === parent) found.add(other);
  }
  return found;
}

function scannedWhere(id: string, applies: (step: Step, table: number) => string | undefined): HazardRule {
  return {
    id,
    find: ({ steps }) =>
      steps.flatMap((step) =>
        scannedTables(step).flatMap(([oid, name]): Found[] => {
          const message = applies(step, oid);
          return message === undefined
            ? []
            : [{ at: step.at, object: name, message: `${name} is read in full ${message}` }];
        }),
      ),
  };
}

function isRequired(step: Step, table: number): boolean {
  return requiredColumns(step, table).length > 0;
}

/** How a column becomes NOT NULL without a scan. */
function gentleNotNull(table: string, column: string): string {
  const name = `${column}_not_null`;
  return [
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID;`,
    `-- in a second file: ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
    `-- in a third file: ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`,
  ].join("\n");
}

export const scanRules: readonly HazardRule[] = [
  {
    id: "not-null-scan",
    find: ({ steps }) =>
      steps.flatMap((step) =>
        scannedTables(step).flatMap(([oid, name]) =>
          requiredColumns(step, oid).map(
            (column): Found => ({
              at: step.at,
              object: `${name}.${column.name}`,
              message: `${name} is read in full, and closed to reads, to find out that ${column.name} has no NULL`,
              instead: gentleNotNull(name, column.name),
            }),
          ),
        ),
      ),
  },
  scannedWhere("partition-attach-scan", (step, table) =>
    attached(step).has(table) && !isRequired(step, table)
      ? "to find out which rows belong to the attached partition, and closed to reads"
      : undefined,
  ),
  scannedWhere("scan-under-exclusive", (step, table) => {
    // A new column that needs a value is refused at the first row.
    const isRefused = addedColumns(step, table).some(({ notNull, hasDefault }) => notNull && !hasDefault);
    const isOther = isRequired(step, table) || attached(step).has(table) || isRefused;
    return isOther || addedConstraints(step, table, /f/).length > 0
      ? undefined
      : "while it is closed to reads";
  }),
  {
    id: "domain-constraint-scan",
    find: ({ steps }) =>
      steps.flatMap((step) => {
        const changed = [...step.after.constraints].filter(
          ([oid, { domain, validated }]) =>
            domain !== 0 && step.before.constraints.get(oid)?.validated !== validated,
        );
        if (changed.length === 0) return [];
        return knownTables(step)
          .filter(([oid]) => isScanned(step, oid))
          .map(
            ([oid]): Found => ({
              at: step.at,
              object: nameOf(step.before, oid),
              message: `${nameOf(step.before, oid)} has columns of the domain: it is read in full, and cannot be written meanwhile`,
            }),
          );
      }),
  },
];
