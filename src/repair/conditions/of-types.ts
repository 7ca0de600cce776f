import { keyOf, type SchemaObject } from "../../schema/model.ts";
import { parentOf } from "../../schema/names.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { hostName, isSet, partName, sqlName, textOf } from "../names.ts";
import { castTrial, checksOf } from "./cast-trial.ts";
import { alwaysCasts } from "./casts.ts";
import { type Condition, conditionOf } from "./condition.ts";
import { withValue } from "./expressions.ts";
import { changesFields, fieldTrial } from "./field-trial.ts";
import type { KeptRows } from "./kept-rows.ts";
import { changeOfValue } from "./losses.ts";
import { temporaryFunctions } from "./temporary-functions.ts";

/** The type object that a column has, or that its array has; undefined for types of PostgreSQL. */
function typeOf(column: SchemaObject, { to }: KeptRows): SchemaObject | undefined {
  const name = (textOf(column, "type") ?? "").replace(/\[\]$/, "");
  return [...column.needs]
    .flatMap((need) => to.objects.get(need) ?? [])
    .find((object) => object.kind === "type" && sqlName(object.name) === name);
}

function labelsAre(column: string, labels: string, isArray: boolean): string {
  if (!isArray) return `${column}::text NOT IN (${labels})`;
  return `EXISTS (SELECT FROM pg_catalog.unnest(${column}::text[]) AS label WHERE label NOT IN (${labels}))`;
}

/**
 * What a new type demands of the values of a column.
 * @param mayChange whether values may be rounded or shortened
 */
export function retypeConditions(
  wanted: SchemaObject,
  is: SchemaObject,
  rows: KeptRows,
  mayChange: boolean,
): Condition[] {
  const [type = "", before = ""] = [textOf(wanted, "type"), textOf(is, "type")];
  const user = typeOf(wanted, rows);
  const isNewType = user !== undefined && rows.isNew(keyOf("type", user.name));
  const change = mayChange || user !== undefined ? undefined : changeOfValue(before, type);
  if (!isNewType && change === undefined && alwaysCasts(before, type)) return [];
  const table = parentOf(wanted.name);
  const source = hostName(wanted.name);
  const column = partName(wanted.name);
  const old = user === undefined ? undefined : rows.from.objects.get(keyOf("type", user.name));
  const isKeptExactly = change !== undefined || (isNewType && !mayChange && changesFields(user, old));
  const parts = {
    object: wanted,
    message: `each value of ${wanted.name} must be one of type ${type}${isKeptExactly ? ", unchanged, unless --allow-drops is given" : ""}`,
    tables: [keyOf("table", table)],
  };
  const labels = user === undefined ? undefined : textOf(user, "values");
  if (labels !== undefined) {
    const known = new Set(itemsOf(labels));
    const isOld =
      before === type &&
      itemsOf(old?.attributes["values"]?.toString() ?? "'").every((label) => known.has(label));
    if (isOld) return [];
    return [
      conditionOf({
        ...parts,
        select: `SELECT own.* FROM ${source} AS own WHERE ${labelsAre(column, labels, type.endsWith("[]"))}`,
      }),
    ];
  }
  const fields =
    isNewType && old !== undefined && before === type && !type.endsWith("[]") && rows.canUseNow(user)
      ? fieldTrial("fits", is, [user, old], mayChange)
      : undefined;
  const domain = isNewType && textOf(user, "type") === "domain" ? user : undefined;
  const isTriable =
    domain === undefined ? rows.canUseNow(wanted) : !type.endsWith("[]") && rows.canUseNow(domain);
  if (fields === undefined && !isTriable) return [];
  return [
    conditionOf({
      ...parts,
      select: `SELECT own.* FROM ${source} AS own WHERE NOT pg_temp.fits(${column})`,
      // A new composite type does not exist yet.
      trials: [fields ?? castTrial("fits", wanted, is, { domain, change })],
    }),
  ];
}

/** What changed checks of a domain, or its NOT NULL, demand of the columns that have it. */
export function domainConditions(wanted: SchemaObject, is: SchemaObject, rows: KeptRows): Condition[] {
  const before = checksOf(is);
  const added = [...checksOf(wanted)].filter(([name, check]) => before.get(name) !== check);
  const isNotNull = isSet(wanted, "notNull") && !isSet(is, "notNull");
  const used = temporaryFunctions(wanted, rows);
  if ((added.length === 0 && !isNotNull) || used === undefined) return [];
  const columns = [...rows.to.objects.values()].filter(
    (column) =>
      column.kind === "column" &&
      textOf(column, "type") === sqlName(wanted.name) &&
      rows.isKept(parentOf(column.name)) &&
      rows.usesKeptColumns({ ...column, needs: [keyOf("column", column.name), ...column.needs] }),
  );
  return columns.map((column) => {
    const own = partName(column.name);
    const tests = [
      ...(isNotNull ? [`${own} IS NULL`] : []),
      ...added.map(([, check]) => `NOT (${withValue(used.rewrite(check), own)})`),
    ];
    return conditionOf({
      object: wanted,
      message: `each value of ${column.name} must fulfil domain ${wanted.name}`,
      select: `SELECT own.* FROM ${hostName(column.name)} AS own WHERE ${tests.join(" OR ")}`,
      functions: used.functions,
      tables: [keyOf("table", parentOf(column.name))],
    });
  });
}
