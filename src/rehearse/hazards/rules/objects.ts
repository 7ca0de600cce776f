import type { Found, HazardRule } from "../hazard.ts";
import {
  added,
  knownTables,
  type MigrationRun,
  nameOf,
  type Step,
  startsWith,
  stays,
  takes,
} from "../run.ts";

/** Parts of known tables and views that a statement removes from them. */
function removedParts(step: Step): { readonly table: number; readonly what: string }[] {
  const { before, after } = step;
  const columns = added(after.columns, before.columns).map(([, { relation, name }]) => ({
    table: relation,
    what: `the column ${name}`,
  }));
  const triggers = added(after.triggers, before.triggers).map(([, { table, name }]) => ({
    table,
    what: `the trigger ${name}`,
  }));
  const constraints = added(after.constraints, before.constraints).map(([, { table, name }]) => ({
    table,
    what: `the constraint ${name}`,
  }));
  return [...columns, ...triggers, ...constraints].filter(
    ({ table }) => step.known.has(table) && stays(step, table),
  );
}

function isCascade(step: Step): boolean {
  return /\bcascade\b/i.test(step.statement.text) && !startsWith(step, "TRUNCATE");
}

function drops(run: MigrationRun): Found[] {
  const last = run.steps.at(-1);
  return run.steps.flatMap((step) => {
    const parts = removedParts(step).filter(({ what }) => isCascade(step) || what.startsWith("the column"));
    const again = new Set([...(last?.after.relations.values() ?? [])].map(({ name }) => name));
    const views = added(step.after.relations, step.before.relations).filter(
      ([oid, { kind, name }]) => /[vm]/.test(kind) && step.known.has(oid) && !again.has(name),
    );
    const found = [
      ...parts.map(
        ({ table, what }) =>
          [nameOf(step.before, table), `${what} of ${nameOf(step.before, table)}`] as const,
      ),
      ...views.map(([, { name }]) => [name, name] as const),
    ];
    return found.map(
      ([object, what]): Found => ({
        at: step.at,
        object,
        message: `${what} is dropped${isCascade(step) ? " by CASCADE" : ""}: statements that still use it fail`,
      }),
    );
  });
}

function renames({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) => {
    const relations = [...step.before.relations].flatMap(([oid, { name, kind }]): Found[] => {
      const now = step.after.relations.get(oid);
      if (!step.known.has(oid) || now === undefined || now.name === name || !/[rpvmfS]/.test(kind)) return [];
      return [
        {
          at: step.at,
          object: name,
          message: `${name} becomes ${now.name}: statements with the old name fail at once`,
        },
      ];
    });
    const columns = [...step.before.columns].flatMap(([key, { name, relation }]): Found[] => {
      const now = step.after.columns.get(key);
      if (!step.known.has(relation) || now === undefined || now.name === name) return [];
      const table = nameOf(step.before, relation);
      // The columns of a partition are renamed with their parent's.
      if (step.before.parents.has(relation)) return [];
      const message = `${table}.${name} becomes ${now.name}: statements with the old name fail at once`;
      return [{ at: step.at, object: `${table}.${name}`, message }];
    });
    return [...relations, ...columns];
  });
}

function triggers({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    added(step.before.triggers, step.after.triggers).flatMap(([, { table, name }]): Found[] => {
      if (!step.known.has(table) || step.before.parents.has(table)) return [];
      const own = nameOf(step.before, table);
      const message = `${own} cannot be written until the commit, and each of its rows runs ${name} from then on`;
      return [{ at: step.at, object: `${own}.${name}`, message }];
    }),
  );
}

function droppedTriggers({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    added(step.after.triggers, step.before.triggers).flatMap(([, { table, name }]): Found[] => {
      if (!step.known.has(table) || !stays(step, table) || isCascade(step) || step.before.parents.has(table))
        return [];
      const own = nameOf(step.before, table);
      return [
        {
          at: step.at,
          object: `${own}.${name}`,
          message: `${own} is closed to reads until the commit that drops ${name}`,
        },
      ];
    }),
  );
}

function policies({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) => {
    const { before, after } = step;
    const changed = [...after.policies].filter(([oid, one]) => {
      const old = before.policies.get(oid);
      return old !== undefined && (old.definition !== one.definition || old.name !== one.name);
    });
    const all = [
      ...added(before.policies, after.policies),
      ...added(after.policies, before.policies),
      ...changed,
    ];
    return all.flatMap(([, { table, name }]): Found[] => {
      if (!step.known.has(table) || !stays(step, table) || isCascade(step)) return [];
      const own = nameOf(before, table);
      return [
        {
          at: step.at,
          object: `${own}.${name}`,
          message: `${own} is closed to reads until the commit that changes ${name}`,
        },
      ];
    });
  });
}

function sequences({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    [...step.before.relations].flatMap(([oid, { kind, name }]): Found[] => {
      if (kind !== "S" || !step.known.has(oid) || !stays(step, oid)) return [];
      if (!takes(step, oid, "ShareRowExclusiveLock")) return [];
      const owner = Number(step.before.owners.get(oid)?.split(".")[0]);
      if (knownTables(step).some(([table]) => table === owner && takes(step, table, "AccessExclusiveLock")))
        return [];
      return [
        {
          at: step.at,
          object: name,
          message: `${name} gives no number until the commit: inserts that need one wait`,
        },
      ];
    }),
  );
}

/** A new column without which the INSERTs of the running application fail. */
function required({ steps }: MigrationRun): Found[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  return added(first.before.columns, last.after.columns).flatMap(([key, column]): Found[] => {
    const { relation, name, notNull, hasDefault, identity, generated } = column;
    if (!first.known.has(relation) || !notNull || hasDefault || identity || generated !== "") return [];
    const isSo = (one: typeof column | undefined) => one?.notNull === true && !one.hasDefault;
    const step = steps.findLast(
      ({ before, after }) => isSo(after.columns.get(key)) && !isSo(before.columns.get(key)),
    );
    const table = nameOf(last.after, relation);
    const message = `${table}.${name} needs a value: each INSERT of the running application that leaves it out fails`;
    return [{ at: (step ?? last).at, object: `${table}.${name}`, message }];
  });
}

function upgrades({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    [...step.after.extensions].flatMap(([name, version]): Found[] => {
      const old = step.before.extensions.get(name);
      if (old === undefined || old === version) return [];
      const message = `the extension ${name} goes from ${old} to ${version}: its script may lock and rewrite what uses it`;
      return [{ at: step.at, object: name, message }];
    }),
  );
}

export const objectRules: readonly HazardRule[] = [
  { id: "drop-used", find: drops },
  { id: "rename-used", find: renames },
  { id: "trigger-on-table", find: triggers },
  { id: "trigger-drop-exclusive", find: droppedTriggers },
  { id: "policy-lock", find: policies },
  { id: "sequence-lock", find: sequences },
  { id: "new-required-column", find: required },
  { id: "extension-upgrade", find: upgrades },
];
