import { append } from "../schema/append.ts";
import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { dotted, partsOfName } from "../schema/names.ts";
import { textLiteral } from "./literals.ts";
import { columnValues, isSet, sqlName, textIn, textOf } from "./names.ts";
import { columnList } from "./table-parts.ts";
import { enabledState } from "./triggers.ts";
import type { Unit } from "./unit.ts";

/** What a child table changes of the columns that it inherits, besides their defaults. */
export function inheritedColumnChanges(table: SchemaObject): string[] {
  const name = sqlName(table.name);
  const values = (attribute: string) =>
    columnValues(textOf(table, attribute)).map(
      ([column, value]) => [`ALTER TABLE ${name} ALTER COLUMN ${column}`, column, value] as const,
    );
  const notNulls = textOf(table, "columnNotNulls");
  return [
    ...(notNulls === undefined ? [] : columnList(notNulls).split(", ")).map(
      (column) => `ALTER TABLE ${name} ALTER COLUMN ${column} SET NOT NULL`,
    ),
    ...values("columnStorage").map(
      ([alter, , word]) => `${alter} SET STORAGE ${word === "none" ? "DEFAULT" : word.toUpperCase()}`,
    ),
    ...values("columnStatistics").map(
      ([alter, , target]) => `${alter} SET STATISTICS ${target === "none" ? -1 : target}`,
    ),
    ...values("columnComments")
      .filter(([, , text]) => text !== "none")
      .map(([, column, text]) => `COMMENT ON COLUMN ${name}.${column} IS ${textLiteral(textIn(text))}`),
  ];
}

/**
 * The defaults of inherited columns.
 * @param only leaves child tables alone, which may exist already
 */
export function inheritedDefaults(table: SchemaObject, only: "" | "ONLY " = ""): string[] {
  return columnValues(textOf(table, "columnDefaults")).map(([column, value]) => {
    const alter = `ALTER TABLE ${only}${sqlName(table.name)} ALTER COLUMN ${column}`;
    return value === "none" ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${value}`;
  });
}

/** The partitioned tables above a partition, the nearest first. */
function above(table: SchemaObject, { objects }: Schema): SchemaObject[] {
  const tables: SchemaObject[] = [];
  for (let parent = textOf(table, "partitionOf"); parent !== undefined; ) {
    const object = objects.get(keyOf("table", parent));
    if (object !== undefined) tables.push(object);
    parent = object === undefined ? undefined : textOf(object, "partitionOf");
  }
  return tables;
}

/** The triggers of partitioned tables that do not fire alike on a partition. */
export function triggerStateUnits(table: SchemaObject, schema: Schema): Unit[] {
  return columnValues(textOf(table, "triggerStates")).map(([trigger, state]): Unit => {
    const key = (host: string) => keyOf("trigger", `${host}.${dotted(...partsOfName(trigger))}`);
    return {
      kind: "trigger",
      name: `${table.name}.${trigger}`,
      table: table.name,
      provides: [key(table.name)],
      needs: [keyOf("table", table.name), ...above(table, schema).map((parent) => key(parent.name))],
      create: [`ALTER TABLE ${sqlName(table.name)} ${enabledState(state)} TRIGGER ${trigger}`],
      drop: undefined,
    };
  });
}

/** The indexes of partitions with chosen names, by the tables above: an index of these takes what exists already. */
export function partitionIndexes(schema: Schema): ReadonlyMap<string, readonly ObjectKey[]> {
  const found = new Map<string, ObjectKey[]>();
  for (const [key, object] of schema.objects) {
    if (object.kind !== "index" || !isSet(object, "ofPartition")) continue;
    const host = object.needs.find(
      (need) => need.startsWith("table ") && object.name.startsWith(`${nameIn(need)}.`),
    );
    const table = host === undefined ? undefined : schema.objects.get(host);
    if (table === undefined) continue;
    for (const { name } of above(table, schema)) append(found, name, key);
  }
  return found;
}
