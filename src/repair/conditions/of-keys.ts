import { keyOf, type SchemaObject } from "../../schema/model.ts";
import { parentOf } from "../../schema/names.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { isSet, sqlName, textOf } from "../names.ts";
import { columnList } from "../table-parts.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { KeptRows } from "./kept-rows.ts";

/** The keys of an index or constraint as expressions, with their collations. */
function keysOf(object: SchemaObject): string[] {
  const collations = itemsOf(textOf(object, "collations") ?? "");
  return itemsOf(textOf(object, "columns") ?? "").map((column, i) => {
    const collation = collations[i] ?? "";
    return `${columnList(column)}${collation === "" || collation === "none" ? "" : ` COLLATE ${sqlName(collation)}`}`;
  });
}

function tablesOf(table: string) {
  return [keyOf("table", table)];
}

/** What UNIQUE, PRIMARY KEY and unique indexes demand: each key once. */
export function uniqueCondition(object: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(object.name);
  const source = rows.source(table, object, true);
  if (source === undefined || !rows.canUseNow(object)) return [];
  // A materialised view without data cannot be queried, but can get an index.
  if (object.needs.includes(keyOf("view", table))) return [];
  const columns = textOf(object, "columns") ?? "";
  if (!isSet(object, "nullsNotDistinct") && rows.hasNull(table, columns)) return [];
  const keys = keysOf(object);
  const predicate = textOf(object, "predicate");
  const filters = [
    ...(predicate === undefined ? [] : [`(${predicate})`]),
    ...(isSet(object, "nullsNotDistinct") ? [] : keys.map((key) => `${key} IS NOT NULL`)),
  ];
  const where = filters.length === 0 ? "" : ` WHERE ${filters.join(" AND ")}`;
  const places = keys.map((_, i) => i + 1).join(", ");
  return [
    conditionOf({
      object,
      message: `rows of ${table} must differ in (${columns}), as ${object.kind} ${object.name} is unique`,
      select: `SELECT ${keys.join(", ")}, pg_catalog.count(*) AS rows FROM ${source.sql} AS own${where} GROUP BY ${places} HAVING pg_catalog.count(*) > 1`,
      trials: source.trials,
      tables: tablesOf(table),
    }),
  ];
}

/** The operators of the keys: of an exclusion constraint, or of a key WITHOUT OVERLAPS. */
function operatorsOf(object: SchemaObject, count: number): readonly string[] {
  const text = textOf(object, "operators");
  if (text !== undefined)
    return itemsOf(text).map((operator) => (operator.includes(".") ? `OPERATOR(${operator})` : operator));
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? "&&" : "="));
}

/** What an exclusion constraint demands: no two rows for which all operators are true. */
export function exclusionCondition(object: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(object.name);
  const source = rows.source(table, object, true);
  if (source === undefined || !rows.canUseNow(object)) return [];
  const keys = keysOf(object);
  const operators = operatorsOf(object, keys.length);
  const predicate = textOf(object, "predicate");
  const columns = keys.map((key, i) => `${key} AS key_${i + 1}`).join(", ");
  const keyed = `SELECT tableoid AS part, ctid AS place, ${columns} FROM ${source.sql} AS own${predicate === undefined ? "" : ` WHERE (${predicate})`}`;
  const meets = keys.map((_, i) => `one.key_${i + 1} ${operators[i]} other.key_${i + 1}`).join(" AND ");
  return [
    conditionOf({
      object,
      message: `rows of ${table} must not conflict in (${textOf(object, "columns")}), as constraint ${object.name} excludes it`,
      select: `WITH keyed AS (${keyed}) SELECT one.*, other.place AS conflicts_with FROM keyed AS one JOIN keyed AS other ON (one.part, one.place) < (other.part, other.place) AND ${meets}`,
      trials: source.trials,
      tables: tablesOf(table),
    }),
  ];
}

/** What a foreign key demands: a referenced row for each key without NULL. */
export function referenceCondition(object: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(object.name);
  const referenced = textOf(object, "referencedTable") ?? "";
  // A period may be covered by several rows together.
  if (isSet(object, "withoutOverlaps")) return [];
  const own = rows.source(table, object, true);
  const isOfOld = rows.isKept(referenced);
  const other = rows.source(referenced, object, true);
  if (own === undefined || (isOfOld && other?.trials.length !== 0)) return [];
  const columns = textOf(object, "columns") ?? "";
  const keys = itemsOf(columnList(columns));
  const isFull = textOf(object, "match") === "full" && keys.length > 1;
  if (!isFull && rows.hasNull(table, columns)) return [];
  const others = columnList(textOf(object, "referencedColumns") ?? "");
  const isNotNull = keys.map((key) => `${key} IS NOT NULL`).join(" AND ");
  const isNull = keys.map((key) => `${key} IS NULL`).join(" AND ");
  const except = isOfOld ? ` EXCEPT SELECT ${others} FROM ${other?.sql} AS other` : "";
  const list = keys.join(", ");
  const orphans = `SELECT ${list} FROM ${own.sql} AS own WHERE ${isNotNull}${except}`;
  const mixed = `SELECT ${list} FROM ${own.sql} AS own WHERE NOT (${isNotNull}) AND NOT (${isNull})`;
  return [
    conditionOf({
      object,
      message: `(${list}) of ${table} must have a row in ${referenced}, as constraint ${object.name} refers to it`,
      select: isFull ? `(${orphans}) UNION ALL ${mixed}` : orphans,
      trials: own.trials,
      tables: tablesOf(table),
    }),
  ];
}
