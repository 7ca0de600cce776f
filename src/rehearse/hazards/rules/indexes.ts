import { isMeasured } from "../../outcome.ts";
import { hasOutsideFacts } from "../../outside-facts.ts";
import type { Found, HazardRule } from "../hazard.ts";
import {
  added,
  addedConstraints,
  isRewritten,
  knownTables,
  type MigrationRun,
  nameOf,
  type Step,
  stays,
  takes,
} from "../run.ts";

/** `INDEX` in the text of a statement becomes `INDEX CONCURRENTLY`. */
function concurrent(sql: string): string {
  return `-- socrates-db: no-transaction\n${sql.replace(/\bINDEX\b/i, (word) => `${word} CONCURRENTLY`)};`;
}

/** Whether an index of this name existed, and is only rebuilt. */
function isMadeAnew({ before }: Step, name: string): boolean {
  return [...before.relations.values()].some((relation) => relation.name === name);
}

function isOfConstraint({ after, before }: Step, index: number): boolean {
  return [...after.constraints.values(), ...before.constraints.values()].some(
    (constraint) => constraint.index === index && constraint.type !== "f",
  );
}

function built(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  return run.steps.flatMap((step) =>
    added(step.before.indexes, step.after.indexes).flatMap(([oid, { table }]): Found[] => {
      const name = nameOf(step.after, oid);
      const parent = step.after.parents.get(oid);
      const isPart = parent !== undefined && !step.before.indexes.has(parent);
      if (!step.known.has(table) || isPart || isMadeAnew(step, name) || isOfConstraint(step, oid)) return [];
      if (step.scans.length === 0 || !takes(step, table, "ShareLock")) return [];
      const message = `${nameOf(step.after, table)} cannot be written while ${name} is built, until the commit`;
      return [{ at: step.at, object: name, message, instead: concurrent(step.statement.text) }];
    }),
  );
}

function dropped(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  return run.steps.flatMap((step) =>
    [...step.before.indexes].flatMap(([oid, { table, columns }]): Found[] => {
      const name = nameOf(step.before, oid);
      const isGone = !step.after.indexes.has(oid) && !isMadeAnew({ ...step, before: step.after }, name);
      if (!step.known.has(oid) || !isGone || !stays(step, table) || isOfConstraint(step, oid)) return [];
      const parent = step.before.parents.get(oid);
      if (parent !== undefined && !step.after.indexes.has(parent)) return [];
      if (columns.some((column) => column > 0 && !step.after.columns.has(`${table}.${column}`))) return [];
      const message = `${nameOf(step.before, table)} is closed to reads while ${name} is dropped, until the commit`;
      return [
        {
          at: step.at,
          object: name,
          message,
          instead: `-- socrates-db: no-transaction\nDROP INDEX CONCURRENTLY ${name};`,
        },
      ];
    }),
  );
}

function reindexed(run: MigrationRun): Found[] {
  if (!run.inTransaction) return [];
  return run.steps.flatMap((step) =>
    [...step.before.indexes].flatMap(([oid, { table }]): Found[] => {
      if (!step.known.has(oid) || !isRewritten(step, oid) || isRewritten(step, table)) return [];
      if (takes(step, table, "AccessExclusiveLock")) return [];
      const name = nameOf(step.before, oid);
      const message = `${name} is rebuilt: ${nameOf(step.before, table)} cannot be written, and queries that plan with the index wait`;
      return [
        {
          at: step.at,
          object: name,
          message,
          instead: `-- socrates-db: no-transaction\nREINDEX INDEX CONCURRENTLY ${name};`,
        },
      ];
    }),
  );
}

function unique({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    knownTables(step).flatMap(([oid, { name }]) =>
      addedConstraints(step, oid, /[pux]/).flatMap((constraint): Found[] => {
        const hadIndex = step.before.indexes.has(constraint.index);
        const isAgain = [...step.before.constraints.values()].some(
          (one) => one.table === oid && one.name === constraint.name,
        );
        if (hadIndex || isAgain || !takes(step, oid, "ShareLock")) return [];
        const columns = constraint.columns
          .map((number) => step.after.columns.get(`${oid}.${number}`)?.name ?? "")
          .join(", ");
        const index = `${constraint.name}_new`;
        const kind = constraint.type === "p" ? "PRIMARY KEY" : "UNIQUE";
        const instead =
          constraint.type === "x"
            ? undefined
            : `-- socrates-db: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${name} (${columns});\n-- in a second file: ALTER TABLE ${name} ADD CONSTRAINT ${constraint.name} ${kind} USING INDEX ${index};`;
        const message = `${name} is closed while the index of ${constraint.name} is built, until the commit`;
        return [{ at: step.at, object: `${name}.${constraint.name}`, message, ...(instead && { instead }) }];
      }),
    ),
  );
}

function attachedIndexes({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    added(step.before.parents, step.after.parents).flatMap(([child]): Found[] => {
      if (!step.before.indexes.has(child) || !takes(step, child, "AccessExclusiveLock")) return [];
      const name = nameOf(step.before, child);
      const message = `${name} is locked exclusively until the commit: queries of its partition wait, as planning them needs it`;
      return [{ at: step.at, object: name, message }];
    }),
  );
}

/** The index that `CREATE INDEX … IF NOT EXISTS` finds. */
function kept({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step): Found[] => {
    const match = /^create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?if\s+not\s+exists\s+/i.exec(
      step.statement.text,
    );
    if (match === null || added(step.before.indexes, step.after.indexes).length > 0) return [];
    const at = step.statement.words.indexOf("EXISTS") + 1;
    const name = step.statement.names[at];
    const found = [...step.before.indexes].find(
      ([oid, { valid }]) => !valid && step.before.relations.get(oid)?.path[1] === name,
    );
    if (found === undefined) return [];
    const index = nameOf(step.before, found[0]);
    return [
      {
        at: step.at,
        object: index,
        message: `${index} exists and is invalid: IF NOT EXISTS keeps it, and nothing is built`,
        instead: `-- socrates-db: no-transaction\nDROP INDEX CONCURRENTLY ${index};`,
      },
    ];
  });
}

/** SQLSTATEs of a concurrent form that does not work here, or not in a transaction. */
const refusals: ReadonlySet<string> = new Set(["0A000", "25001", "55000"]);

export const indexRules: readonly HazardRule[] = [
  { id: "index-not-concurrent", find: built },
  { id: "drop-index-not-concurrent", find: dropped },
  { id: "reindex-not-concurrent", find: reindexed },
  { id: "unique-without-using-index", find: unique },
  { id: "index-attach", find: attachedIndexes },
  { id: "invalid-index-kept", find: kept },
  {
    id: "concurrent-form-refused",
    find: ({ outcomes }) =>
      outcomes.flatMap((outcome, at): Found[] => {
        if (isMeasured(outcome) || outcome.error === undefined || !refusals.has(outcome.error.code))
          return [];
        if (!/\bconcurrently\b/i.test(outcome.statement.text)) return [];
        return [{ at, message: `the server refuses it: ${outcome.reason}` }];
      }),
  },
  {
    id: "waits-for-old-transactions",
    find: ({ steps, inTransaction }) =>
      steps.flatMap((step): Found[] => {
        if (inTransaction || !/\bconcurrently\b/i.test(step.statement.text)) return [];
        if (!hasOutsideFacts(step.statement, step.before) || step.blocks === "nothing") return [];
        return [
          { at: step.at, message: "it waits for all transactions that are older, also on other tables" },
        ];
      }),
  },
];
