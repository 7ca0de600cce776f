import { keyOf, type SchemaObject } from "../../schema/model.ts";
import { parentOf } from "../../schema/names.ts";
import { literal } from "../../sql/quote.ts";
import { hostName, isSet, partName, sqlName, textOf } from "../names.ts";
import { columnList } from "../table-parts.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { KeptRows } from "./kept-rows.ts";
import { generatedCondition } from "./of-expressions.ts";

/** Whether existing rows are checked for NULL. */
function demandsValues(column: SchemaObject): boolean {
  return isSet(column, "notNull") && !(textOf(column, "notNullConstraint") ?? "").startsWith("NOT VALID");
}

/** Whether a column of a domain gets the default of its type, or may have no NULL because of it. */
function ofDomain(column: SchemaObject, { to }: KeptRows) {
  const types = column.needs.flatMap((need) => to.objects.get(need) ?? []);
  const domain = types.find((type) => sqlName(type.name) === textOf(column, "type"));
  return {
    hasDefault: domain !== undefined && textOf(domain, "default") !== undefined,
    isNotNull: domain !== undefined && isSet(domain, "notNull"),
  };
}

/** What a new column demands: rows have no value for it. */
export function newColumnConditions(column: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(column.name);
  if (textOf(column, "generated") !== undefined) return generatedCondition(column, rows);
  const domain = ofDomain(column, rows);
  const hasValue =
    ["default", "identity"].some((name) => textOf(column, name) !== undefined) || domain.hasDefault;
  if (hasValue || !(demandsValues(column) || domain.isNotNull)) return [];
  return [
    conditionOf({
      object: column,
      message: `${table} must have no rows, as its new column ${column.name} is NOT NULL without a default`,
      select: `SELECT own.* FROM ${sqlName(table)} AS own`,
      tables: [keyOf("table", table)],
    }),
  ];
}

/** What NOT NULL demands of the values of a column. */
export function notNullConditions(wanted: SchemaObject, is: SchemaObject): Condition[] {
  if (!demandsValues(wanted) || demandsValues(is)) return [];
  const isOnly = / ?NO INHERIT$/.test(textOf(wanted, "notNullConstraint") ?? "");
  return [
    conditionOf({
      object: wanted,
      message: `${wanted.name} must have no NULL, as it becomes NOT NULL`,
      select: `SELECT own.* FROM ${isOnly ? "ONLY " : ""}${hostName(wanted.name)} AS own WHERE ${partName(wanted.name)} IS NULL`,
      tables: [keyOf("table", parentOf(wanted.name))],
    }),
  ];
}

/** What NOT NULL of inherited columns demands, which is an attribute of the table. */
export function inheritedNotNullConditions(wanted: SchemaObject, is: SchemaObject): Condition[] {
  const columnsOf = (table: SchemaObject) => {
    const text = textOf(table, "columnNotNulls");
    return text === undefined ? [] : columnList(text).split(", ");
  };
  const before = new Set(columnsOf(is));
  const added = columnsOf(wanted).filter((column) => !before.has(column));
  return added.map((column) =>
    conditionOf({
      object: wanted,
      message: `${column} of ${wanted.name} must have no NULL, as it becomes NOT NULL`,
      select: `SELECT own.* FROM ${sqlName(wanted.name)} AS own WHERE ${column} IS NULL`,
      tables: [keyOf("table", wanted.name)],
    }),
  );
}

const largest: Readonly<Record<string, string>> = {
  smallint: "32767",
  integer: "2147483647",
  bigint: "9223372036854775807",
};

/** What narrower limits demand of a sequence: its last value stays. */
export function sequenceConditions(wanted: SchemaObject): Condition[] {
  const [min, max] = [String(wanted.attributes["min"]), String(wanted.attributes["max"])];
  return [limits(wanted, wanted.name, min, max)];
}

/** The same for the sequence of an identity column. */
export function identityConditions(wanted: SchemaObject, is: SchemaObject): Condition[] {
  const sequence = textOf(is, "identitySequence");
  const options = textOf(wanted, "identityOptions") ?? "";
  const [, min, max] = / MINVALUE (-?\d+) MAXVALUE (-?\d+)/.exec(options) ?? [];
  const type = textOf(wanted, "type") ?? "";
  if (sequence === undefined || min === undefined) return [];
  return [limits(wanted, sequence, min, max ?? largest[type] ?? "")];
}

function limits(object: SchemaObject, sequence: string, min: string, max: string): Condition {
  return conditionOf({
    object,
    message: `the last value of sequence ${sequence} must be from ${min} to ${max}`,
    select: `SELECT last_value FROM ${sqlName(sequence)} WHERE last_value NOT BETWEEN ${min} AND ${max}`,
    tables: [],
    remedy: `SELECT pg_catalog.setval(${literal(sqlName(sequence))}, ${min})`,
  });
}
