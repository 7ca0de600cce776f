import { keyOf, type SchemaObject } from "../../schema/model.ts";
import { parentOf } from "../../schema/names.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { isSet, sqlName, textOf } from "../names.ts";
import { type Condition, conditionOf, type Trial } from "./condition.ts";
import { canFail } from "./expressions.ts";
import type { KeptRows } from "./kept-rows.ts";
import { temporaryFunctions } from "./temporary-functions.ts";

/** Tries expressions on a row of a table. */
function trialOf(table: string, body: string): Trial {
  return { name: "fits", argument: sqlName(table), body };
}

const ownRow = "FROM (SELECT (value).*) AS own";

/** What a check demands of rows that exist. */
export function checkCondition(object: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(object.name);
  const source = rows.source(table, object, isSet(object, "noInherit"));
  const used = temporaryFunctions(object, rows);
  if (source === undefined || used === undefined) return [];
  const expression = used.rewrite(textOf(object, "expression") ?? "");
  const isTried = canFail(expression) && rows.usesKeptColumns(object);
  return [
    conditionOf({
      object,
      message: `rows of ${table} must fulfil constraint ${object.name}`,
      select: `SELECT own.* FROM ${source.sql} AS own WHERE NOT ${isTried ? "pg_temp.fits(own)" : `(${expression})`}`,
      functions: used.functions,
      trials: isTried
        ? [trialOf(table, `IF (SELECT NOT (${expression}) ${ownRow}) THEN RETURN false; END IF;`)]
        : source.trials,
      tables: [keyOf("table", table)],
      likeness:
        source.likeness === undefined
          ? undefined
          : `SELECT own.* FROM ${source.likeness} AS own WHERE NOT (${expression})`,
    }),
  ];
}

/** What a new index demands: its expressions have a value for each row. */
export function indexExpressionCondition(object: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(object.name);
  const keys = itemsOf(textOf(object, "columns") ?? "").filter((key) => key.includes("(") && canFail(key));
  const predicate = textOf(object, "predicate");
  if (predicate !== undefined && canFail(predicate)) keys.push(`(${predicate})`);
  const used = temporaryFunctions(object, rows);
  if (keys.length === 0 || used === undefined || !rows.usesKeptColumns(object)) return [];
  // Rows outside a partial index need no value.
  const where = predicate === undefined || canFail(predicate) ? "" : ` WHERE (${predicate})`;
  const body = used.rewrite(`PERFORM ${keys.join(", ")} ${ownRow}${where};`);
  return [
    conditionOf({
      object,
      message: `the expressions of index ${object.name} must have a value for each row of ${table}`,
      select: `SELECT own.* FROM ${sqlName(table)} AS own WHERE NOT pg_temp.fits(own)`,
      functions: used.functions,
      trials: [trialOf(table, body)],
      tables: [keyOf("table", table)],
    }),
  ];
}

/** What a column demands whose values PostgreSQL computes when it is added. */
export function generatedCondition(column: SchemaObject, rows: KeptRows): Condition[] {
  const table = parentOf(column.name);
  const stated = textOf(column, "expression") ?? "";
  const isNotNull = isSet(column, "notNull");
  const isStored = textOf(column, "generated") === "stored";
  if (!isNotNull && !(isStored && canFailAs(column, stated))) return [];
  const used = temporaryFunctions(column, rows);
  if (used === undefined || !rows.usesKeptColumns(column)) return [];
  const expression = used.rewrite(stated);
  return [
    conditionOf({
      object: column,
      message: `${stated} must have a value for each row of ${table}, as it becomes column ${column.name}`,
      select: `SELECT own.* FROM ${sqlName(table)} AS own WHERE NOT pg_temp.fits(own)`,
      functions: used.functions,
      trials: [
        {
          name: "fits",
          argument: sqlName(table),
          declaration: `${textOf(column, "type")} := (SELECT (${expression}) ${ownRow})`,
          body: isNotNull ? "IF new_value IS NULL THEN RETURN false; END IF;" : "",
        },
      ],
      tables: [keyOf("table", table)],
    }),
  ];
}

/** A value may also be too long for the column's type. */
function canFailAs(column: SchemaObject, expression: string): boolean {
  return (
    canFail(expression) ||
    /\(\d/.test(textOf(column, "type") ?? "") ||
    column.needs.some((need) => need.startsWith("type "))
  );
}
