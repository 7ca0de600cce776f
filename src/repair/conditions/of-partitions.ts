import { keyOf, type Schema, type SchemaObject } from "../../schema/model.ts";
import { argumentsAt } from "../../sql/parentheses.ts";
import { literal } from "../../sql/quote.ts";
import { sqlName, textOf } from "../names.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { KeptRows } from "./kept-rows.ts";

/** The expressions of a partition key such as `RANGE (day, lower(name))`, without collations and operator classes. */
function keysOf(partitionKey: string): readonly string[] {
  const list = argumentsAt(partitionKey, partitionKey.indexOf("(")) ?? [];
  return list.map((item) => /^(?:"(?:[^"]|"")+"|[\w.]+(?:\(.*\))?|\(.*\))/s.exec(item)?.[0] ?? item);
}

/** Keys from, or below, a bound; they are compared one after the other. */
function compared(keys: readonly string[], bound: readonly string[], isLower: boolean): string {
  const [key, value] = [keys[0], bound[0]];
  if (key === undefined || value === undefined) return isLower ? "true" : "false";
  if (value === "MINVALUE") return isLower ? "true" : "false";
  if (value === "MAXVALUE") return isLower ? "false" : "true";
  if (keys.length === 1) return `${key} ${isLower ? ">=" : "<"} ${value}`;
  const rest = compared(keys.slice(1), bound.slice(1), isLower);
  return `(${key} ${isLower ? ">" : "<"} ${value} OR ${key} = ${value} AND ${rest})`;
}

/** The items of the parenthesis after a word. */
function listAfter(bound: string, word: string): readonly string[] {
  const at = bound.indexOf(`${word} (`);
  return at < 0 ? [] : (argumentsAt(bound, at + word.length + 1) ?? []);
}

/** The rows that belong to a partition, as SQL; undefined for the default partition. */
function membership(parent: SchemaObject, bound: string): string | undefined {
  const partitionKey = textOf(parent, "partitionKey") ?? "";
  const keys = keysOf(partitionKey);
  if (bound === "DEFAULT") return undefined;
  if (partitionKey.startsWith("HASH")) {
    const [, modulus, remainder] = /modulus (\d+), remainder (\d+)/.exec(bound) ?? [];
    return `pg_catalog.satisfies_hash_partition(${literal(sqlName(parent.name))}::pg_catalog.regclass, ${modulus}, ${remainder}, ${keys.join(", ")})`;
  }
  if (partitionKey.startsWith("LIST")) {
    const values = listAfter(bound, "IN");
    const set = values.filter((value) => value !== "NULL");
    const tests = [
      ...(set.length === 0 ? [] : [`${keys[0]} IN (${set.join(", ")})`]),
      ...(set.length < values.length ? [`${keys[0]} IS NULL`] : []),
    ];
    return tests.join(" OR ");
  }
  const lower = compared(keys, listAfter(bound, "FROM"), true);
  return `${lower} AND ${compared(keys, listAfter(bound, "TO"), false)}`;
}

function partitionsOf(parent: string, { objects }: Schema): SchemaObject[] {
  return [...objects.values()].filter(
    (object) => object.kind === "table" && textOf(object, "partitionOf") === parent,
  );
}

/** What a partition demands that is created or attached: of its rows, and of those in the default partition. */
export function partitionConditions(partition: SchemaObject, rows: KeptRows): Condition[] {
  const name = textOf(partition, "partitionOf") ?? "";
  const bound = textOf(partition, "partitionBound") ?? "";
  const parent = rows.to.objects.get(keyOf("table", name));
  if (parent === undefined) return [];
  // The hash depends on the partitioned table, which must exist now.
  if (bound.includes("modulus") && !rows.isKept(name)) return [];
  const belongs = membership(parent, bound);
  const siblings = partitionsOf(name, rows.to).filter((other) => other.name !== partition.name);
  const ofOthers = siblings.flatMap(
    (other) => membership(parent, textOf(other, "partitionBound") ?? "") ?? [],
  );
  const own = belongs === undefined ? ofOthers.join(" OR ") : `(${belongs}) IS NOT TRUE`;
  const found: Condition[] = [];
  if (rows.isKept(partition.name) && own !== "")
    found.push(
      conditionOf({
        object: partition,
        message: `rows of ${partition.name} must belong to ${bound} of ${name}`,
        select: `SELECT own.* FROM ${sqlName(partition.name)} AS own WHERE ${own}`,
        tables: [keyOf("table", partition.name)],
      }),
    );
  const rest = siblings.find((other) => textOf(other, "partitionBound") === "DEFAULT");
  // It is the default partition when this one is created.
  const isRest = rest !== undefined && rows.isKept(rest.name) && isPartitionOf(rest.name, name, rows);
  if (isRest && belongs !== undefined)
    found.push(
      conditionOf({
        object: partition,
        message: `${rest.name}, the default partition, must have no rows of ${partition.name}`,
        select: `SELECT own.* FROM ${sqlName(rest.name)} AS own WHERE ${belongs}`,
        tables: [keyOf("table", rest.name)],
      }),
    );
  return found;
}

function isPartitionOf(table: string, parent: string, { from }: KeptRows): boolean {
  const is = from.objects.get(keyOf("table", table));
  return is !== undefined && textOf(is, "partitionOf") === parent;
}
