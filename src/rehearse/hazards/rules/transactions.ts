import type { Found, HazardRule } from "../hazard.ts";
import {
  heldBefore,
  isRewritten,
  isScanned,
  knownTables,
  type MigrationRun,
  nameOf,
  type Step,
  startsWith,
  takes,
} from "../run.ts";

/** The number of groups of tables that belong together: a tree of partitions, or two ends of a foreign key. */
function familiesOf(step: Step, tables: ReadonlySet<number>): number {
  const links = [step.before, step.after].flatMap(({ parents, constraints }) => [
    ...parents,
    ...[...constraints.values()].map(({ table, referenced }) => [table, referenced] as const),
  ]);
  const family = new Map([...tables, ...links.flat()].map((oid) => [oid, oid]));
  for (const [one, other] of links) {
    if (one === 0 || other === 0) continue;
    const [kept, joined] = [family.get(one), family.get(other)];
    for (const [oid, of] of family) if (of === joined && kept !== undefined) family.set(oid, kept);
  }
  return new Set([...tables].map((oid) => family.get(oid))).size;
}

function closedTables(step: Step): number[] {
  return knownTables(step).flatMap(([oid]) => (takes(step, oid, "AccessExclusiveLock") ? [oid] : []));
}

/** Tables of several families that one transaction closes. */
function several(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  const closed = new Set<number>();
  const found: Found[] = [];
  for (const step of run.steps) {
    const before = [...closed].map((oid) => nameOf(step.before, oid));
    const own = closedTables(step).filter((oid) => !closed.has(oid));
    for (const oid of own) closed.add(oid);
    if (own.length === 0 || familiesOf(step, closed) < 2) continue;
    const names = own.map((oid) => nameOf(step.before, oid));
    const [first = "", ...others] = names;
    const rest = [...before, ...others];
    const message = `${first} is closed to reads while ${rest.join(", ")} ${rest.length === 1 ? "is" : "are"} closed`;
    found.push({ at: step.at, object: first, message });
  }
  return found;
}

/** Long work of a weaker lock under an AccessExclusiveLock of an earlier statement. */
function underEarlier(run: MigrationRun): Found[] {
  return run.steps.flatMap((step) =>
    knownTables(step).flatMap(([oid, { name }]): Found[] => {
      const isLong = isScanned(step, oid) && takes(step, oid, "ShareLock") && !isRewritten(step, oid);
      if (!run.inTransaction || !isLong || takes(step, oid, "ShareRowExclusiveLock")) return [];
      if (!heldBefore(run, step, oid, "AccessExclusiveLock")) return [];
      return [
        {
          at: step.at,
          object: name,
          message: `${name} is closed to reads meanwhile, by a statement before it`,
        },
      ];
    }),
  );
}

function isDml(step: Step): boolean {
  const writes = knownTables(step).some(([oid]) => takes(step, oid, "RowExclusiveLock"));
  const isStrong = knownTables(step).some(([oid]) => takes(step, oid, "ShareUpdateExclusiveLock"));
  const isWhole =
    ["UPDATE", "DELETE", "MERGE"].some((word) => startsWith(step, word)) || step.scans.length > 0;
  return writes && !isStrong && isWhole;
}

function backfills(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  return run.steps.filter(isDml).flatMap((step): Found[] => {
    const strong = run.steps
      .filter(({ at }) => at !== step.at)
      .flatMap((other) => knownTables(other).filter(([oid]) => takes(other, oid, "ShareRowExclusiveLock")));
    const names = [...new Set(strong.map(([, { name }]) => name))];
    if (names.length === 0) return [];
    const message = `rows are changed in the transaction that locks ${names.join(", ")}: the lock and the changed rows last until its commit`;
    return [{ at: step.at, message }];
  });
}

function upgrades(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  return run.steps.flatMap((step) =>
    knownTables(step).flatMap(([oid, { name }]): Found[] => {
      if (!takes(step, oid, "ShareLock") || !heldBefore(run, step, oid, "RowExclusiveLock")) return [];
      if (heldBefore(run, step, oid, "ShareLock")) return [];
      const message = `the transaction has written to ${name} and now asks for a stronger lock: two of its kind would deadlock`;
      return [{ at: step.at, object: name, message }];
    }),
  );
}

/** Views that are locked exclusively. */
function closedViews(step: Step): (readonly [oid: number, name: string])[] {
  return [...step.before.relations].flatMap(([oid, { kind, name }]) =>
    kind === "v" && step.known.has(oid) && takes(step, oid, "AccessExclusiveLock")
      ? [[oid, name] as const]
      : [],
  );
}

function isAfterTable(run: MigrationRun, step: Step): boolean {
  return run.steps.some((other) => other.at < step.at && closedTables(other).length > 0);
}

function orders(run: MigrationRun): Found[] {
  return run.steps.flatMap((step) =>
    closedViews(step).flatMap(([, name]): Found[] => {
      if (!run.inTransaction || !isAfterTable(run, step)) return [];
      const message = `${name} is locked after a table: readers of the view lock it first, so that both can wait for each other`;
      return [{ at: step.at, object: name, message }];
    }),
  );
}

function views(run: MigrationRun): Found[] {
  const last = run.steps.at(-1);
  return run.steps.flatMap((step) =>
    closedViews(step).flatMap(([oid, name]): Found[] => {
      const staysInTheEnd =
        last !== undefined && [...last.after.relations.values()].some((one) => one.name === name);
      const isRenamed = step.after.relations.get(oid)?.name !== name && step.after.relations.has(oid);
      if (!staysInTheEnd || isRenamed || isAfterTable(run, step)) return [];
      return [{ at: step.at, object: name, message: `${name} is closed to reads until the commit` }];
    }),
  );
}

function validations(run: MigrationRun): Found[] {
  return run.steps.flatMap((step) =>
    [...step.after.constraints].flatMap(([oid, { validated, table, name }]): Found[] => {
      const old = step.before.constraints.get(oid);
      if (!run.inTransaction || old === undefined || old.validated || !validated) return [];
      if (!heldBefore(run, step, table, "ShareRowExclusiveLock")) return [];
      const own = nameOf(step.after, table);
      return [
        {
          at: step.at,
          object: `${own}.${name}`,
          message: `${own} stays locked by a statement before it while ${name} is validated: NOT VALID gains nothing`,
          instead: `-- a second file: ALTER TABLE ${own} VALIDATE CONSTRAINT ${name};`,
        },
      ];
    }),
  );
}

/** Whether two readings of the catalogs differ in nothing. */
function isUnchanged({ before, after, rewrites, scans }: Step): boolean {
  const text = ({ relations, columns, constraints, indexes, triggers, policies, parents }: Step["before"]) =>
    JSON.stringify(
      [relations, columns, constraints, indexes, triggers, policies, parents].map((map) => [...map]),
    );
  return rewrites.length === 0 && scans.length === 0 && text(before) === text(after);
}

function timeouts({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step): Found[] => {
    const strong = step.locks.filter(({ oid }) => takes(step, oid, "ShareLock"));
    const [first] = strong;
    if (first === undefined) return [];
    if (step.before.lockTimeout === "0")
      return [
        {
          at: step.at,
          object: first.relation,
          message: `it waits for ${first.relation} without a limit, and blocks all others meanwhile: lock_timeout is 0`,
        },
      ];
    if (!/\bif\s+(?:not\s+)?exists\b/i.test(step.statement.text) || !isUnchanged(step)) return [];
    return [
      {
        at: step.at,
        object: first.relation,
        message: `it changes nothing, and waits for ${first.relation} all the same`,
        instead: "-- leave the statement out",
      },
    ];
  });
}

function switchedOff({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step): Found[] => {
    const isOff = step.before.replicationRole === "replica";
    const written = step.locks.find(({ mode, kind }) => mode === "RowExclusiveLock" && /[rp]/.test(kind));
    if (!isOff || written === undefined) return [];
    const message = `rows of ${written.relation} change without triggers and foreign keys: what breaks them is not noticed`;
    return [{ at: step.at, object: written.relation, message }];
  });
}

export const transactionRules: readonly HazardRule[] = [
  { id: "several-strong-locks", find: (run) => [...several(run), ...underEarlier(run)] },
  { id: "ddl-with-backfill", find: backfills },
  { id: "lock-upgrade", find: upgrades },
  { id: "lock-order", find: orders },
  { id: "view-lock", find: views },
  { id: "validate-in-same-transaction", find: validations },
  { id: "no-lock-timeout", find: timeouts },
  { id: "constraints-switched-off", find: switchedOff },
];
