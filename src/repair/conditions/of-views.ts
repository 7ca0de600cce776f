import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../../schema/model.ts";
import { tableOfColumn } from "../dependencies.ts";
import { textLiteral } from "../literals.ts";
import { isSet, sqlName } from "../names.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { KeptRows } from "./kept-rows.ts";

/** All that a view reads, also through other views: tables, and views with the materialised ones that end the search. */
function readBy(view: SchemaObject, { objects }: Schema): ReadonlySet<ObjectKey> {
  const read = new Set<ObjectKey>(view.needs.map(tableOfColumn));
  // A set also visits what is added meanwhile.
  for (const key of read) {
    const object = objects.get(key);
    if (object?.kind === "view") for (const need of object.needs) read.add(tableOfColumn(need));
  }
  return read;
}

/** A new materialised view is filled from others, which cannot be read before they are filled. */
export function populationConditions(wanted: SchemaObject, rows: KeptRows): Condition[] {
  if (!isSet(wanted, "materialized") || !rows.isNew(keyOf("view", wanted.name))) return [];
  return [...readBy(wanted, rows.to)].flatMap((key) => {
    const view = rows.to.objects.get(key);
    if (view?.kind !== "view" || !isSet(view, "materialized") || !rows.isKept(view.name)) return [];
    const name = textLiteral(sqlName(view.name));
    return [
      conditionOf({
        object: wanted,
        message: `materialized view ${view.name} must be populated, as ${wanted.name} reads it`,
        select: `SELECT ${name} AS unpopulated FROM pg_catalog.pg_class WHERE oid = ${name}::pg_catalog.regclass AND NOT relispopulated`,
        tables: [...readBy(view, rows.to)].filter((one) => one.startsWith("table ")).sort(),
        remedy: `REFRESH MATERIALIZED VIEW ${sqlName(view.name)}`,
      }),
    ];
  });
}
