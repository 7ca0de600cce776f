import type { Found, HazardRule } from "../hazard.ts";
import { added, isRewritten, isScanned, type MigrationRun, nameOf, type Step, stays, takes } from "../run.ts";

function addedKeys({ before, after }: Step) {
  return added(before.constraints, after.constraints).filter(
    ([, { type, parent }]) => type === "f" && (parent === 0 || before.constraints.has(parent)),
  );
}

function validated({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    addedKeys(step).flatMap(([, { table, referenced, name, validated: isValid }]): Found[] => {
      const tables = [
        table,
        ...[...step.after.parents].flatMap(([child, of]) => (of === table ? [child] : [])),
      ];
      if (!isValid || !step.known.has(table) || !tables.some((oid) => isScanned(step, oid))) return [];
      const [own, other] = [nameOf(step.after, table), nameOf(step.after, referenced)];
      return [
        {
          at: step.at,
          object: `${own}.${name}`,
          message: `${own} and ${other} cannot be written while all rows of ${own} are checked, until the commit`,
          instead: `${step.statement.text} NOT VALID;\n-- in a second file: ALTER TABLE ${own} VALIDATE CONSTRAINT ${name};`,
        },
      ];
    }),
  );
}

/** A new table that refers to known ones. */
function referencing({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    addedKeys(step).flatMap(([, { table, referenced, name }]): Found[] => {
      if (step.known.has(table) || !step.known.has(referenced)) return [];
      if (!takes(step, referenced, "ShareRowExclusiveLock")) return [];
      const other = nameOf(step.before, referenced);
      const message = `${other} cannot be written until the commit, as ${name} of ${nameOf(step.after, table)} refers to it`;
      return [{ at: step.at, object: other, message }];
    }),
  );
}

/** Referenced tables whose triggers go with a foreign key. */
function losing({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) => {
    const lost = [...step.before.constraints].filter(([oid, { type, parent }]) => {
      const now = step.after.constraints.get(oid);
      return type === "f" && (now === undefined || now.parent !== parent);
    });
    const tables = new Map(lost.map(([, key]) => [key.referenced, key]));
    return [...tables].flatMap(([oid, { name, table }]): Found[] => {
      if (!step.known.has(oid) || oid === table || !stays(step, oid) || isRewritten(step, oid)) return [];
      if (!takes(step, oid, "AccessExclusiveLock")) return [];
      const other = nameOf(step.before, oid);
      const message = `${other} is closed to reads until the commit, as triggers of ${name} (on ${nameOf(step.before, table)}) are dropped from it`;
      return [{ at: step.at, object: other, message }];
    });
  });
}

/** Tables that are read in full for each deleted or changed row of the table to which they refer. */
function unindexed({ steps }: MigrationRun): Found[] {
  return steps.flatMap((step) =>
    [...step.before.constraints.values()].flatMap(({ type, table, referenced, columns, name }): Found[] => {
      if (type !== "f" || !takes(step, referenced, "RowExclusiveLock") || !isScanned(step, table)) return [];
      if (table === referenced || takes(step, table, "ShareUpdateExclusiveLock")) return [];
      const isIndexed = [...step.before.indexes.values()].some(
        (index) =>
          index.table === table &&
          columns.every((column) => index.columns.slice(0, columns.length).includes(column)),
      );
      if (isIndexed) return [];
      const own = nameOf(step.before, table);
      const list = columns
        .map((number) => step.before.columns.get(`${table}.${number}`)?.name ?? "")
        .join(", ");
      return [
        {
          at: step.at,
          object: `${own}.${name}`,
          message: `${own} is read in full for each row, as no index has the columns of ${name}`,
          instead: `-- in a file before it: -- socrates-db: no-transaction\nCREATE INDEX CONCURRENTLY ON ${own} (${list});`,
        },
      ];
    }),
  );
}

export const foreignKeyRules: readonly HazardRule[] = [
  { id: "fk-validated-at-once", find: validated },
  { id: "fk-locks-referenced", find: referencing },
  { id: "fk-drop-locks-referenced", find: losing },
  { id: "fk-without-index", find: unindexed },
];
