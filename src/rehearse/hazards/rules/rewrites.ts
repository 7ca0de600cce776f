import type { Found, HazardRule } from "../hazard.ts";
import {
  addedColumns,
  isRewritten,
  knownTables,
  type MigrationRun,
  nameOf,
  retypedColumns,
  type Step,
  startsWith,
  takes,
} from "../run.ts";

type Cause =
  | "rewrite"
  | "type-change"
  | "generated-column"
  | "volatile-default"
  | "truncate"
  | "truncate-cascade"
  | "vacuum-full"
  | "cluster"
  | "refresh-not-concurrent";

function says(step: Step, word: RegExp): boolean {
  return word.test(step.statement.text);
}

/** Columns whose default is a number of a sequence that the column owns. */
function isSerial({ after }: Step, table: number, column: string): boolean {
  const key = [...after.columns].find(([, one]) => one.relation === table && one.name === column)?.[0];
  return [...after.owners.values()].some((owner) => owner === key);
}

/** Why a statement gives a table another file. */
function causesOf(step: Step, table: number): readonly Cause[] {
  if (says(step, /\btruncate\b/i)) return [says(step, /\bcascade\b/i) ? "truncate-cascade" : "truncate"];
  if (startsWith(step, "VACUUM")) return ["vacuum-full"];
  if (startsWith(step, "CLUSTER")) return ["cluster"];
  if (step.before.relations.get(table)?.kind === "m") return ["refresh-not-concurrent"];
  const columns = addedColumns(step, table);
  const causes: Cause[] = [];
  if (retypedColumns(step, table).length > 0) causes.push("type-change");
  if (columns.some(({ generated }) => generated === "s") || says(step, /\bset\s+expression\b/i))
    causes.push("generated-column");
  const given = columns.filter(({ hasDefault, generated }) => hasDefault && generated === "");
  if (given.some(({ name }) => !isSerial(step, table, name))) causes.push("volatile-default");
  return causes.length === 0 ? ["rewrite"] : causes;
}

function columnsText(step: Step, table: number): string {
  const names = [...retypedColumns(step, table), ...addedColumns(step, table)].map(({ name }) => name);
  return names.length === 0 ? "" : ` for ${names.join(", ")}`;
}

const messages: Readonly<Record<Cause, (table: string, columns: string) => string>> = {
  rewrite: (table, columns) => `${table} is rewritten${columns}, and closed to reads until the commit`,
  "type-change": (table, columns) =>
    `${table} is rewritten${columns}, whose type changes, and closed to reads`,
  "generated-column": (table, columns) =>
    `${table} is rewritten${columns}, as a stored value is computed for each row`,
  "volatile-default": (table, columns) =>
    `${table} is rewritten${columns}, as its default can differ from row to row`,
  truncate: (table) => `${table} is emptied, and closed to reads until the commit`,
  "truncate-cascade": (table) => `${table} is emptied by TRUNCATE … CASCADE`,
  "vacuum-full": (table) => `${table} is copied into a new file, and closed to reads until that is done`,
  cluster: (table) => `${table} is copied in the order of an index, and closed to reads until that is done`,
  "refresh-not-concurrent": (view) => `${view} is filled again, and closed to reads until the commit`,
};

function rewrittenFor(cause: Cause): HazardRule {
  return {
    id: cause,
    find: ({ steps }) =>
      steps.flatMap((step) =>
        knownTables(step).flatMap(([oid, { name }]): Found[] =>
          isRewritten(step, oid) && causesOf(step, oid).includes(cause)
            ? [{ at: step.at, object: name, message: messages[cause](name, columnsText(step, oid)) }]
            : [],
        ),
      ),
  };
}

/** Indexes with a new file whose table keeps its own, and is closed meanwhile. */
function rebuilt({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    [...step.before.indexes].flatMap(([oid, { table }]): Found[] => {
      const index = nameOf(step.before, oid);
      if (!step.rewrites.includes(index) || isRewritten(step, table)) return [];
      if (!takes(step, table, "AccessExclusiveLock")) return [];
      const message = `${index} is rebuilt, while ${nameOf(step.before, table)} is closed to reads`;
      return [{ at: step.at, object: index, message }];
    }),
  );
}

export const rewriteRules: readonly HazardRule[] = [
  ...(Object.keys(messages) as Cause[]).map(rewrittenFor),
  { id: "index-rebuild", find: rebuilt },
];
