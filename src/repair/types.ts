import type { SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import type { KindSql } from "./kind.ts";
import { clause, isSet, sqlName, textOf, withoutTypes } from "./names.ts";

const notValid = / NOT VALID$/;

/** CREATE DOMAIN accepts no NOT VALID: such checks are added to the domain. */
function domain(object: SchemaObject): string[] {
  const name = sqlName(object.name);
  const text = textOf(object, "checks");
  const checks = text === undefined ? [] : itemsOf(text).map((check) => `CONSTRAINT ${check}`);
  return [
    [
      `CREATE DOMAIN ${name} AS ${textOf(object, "baseType")}`,
      clause("COLLATE ", textOf(object, "collation")),
      clause("DEFAULT ", textOf(object, "default")),
      isSet(object, "notNull") ? " NOT NULL" : "",
      ...checks.filter((check) => !notValid.test(check)).map((check) => ` ${check}`),
    ].join(""),
    ...checks.filter((check) => notValid.test(check)).map((check) => `ALTER DOMAIN ${name} ADD ${check}`),
  ];
}

/** A range type without its canonical function. */
export function rangeType(object: SchemaObject): string {
  const multirange = textOf(object, "multirange");
  const schema = sqlName(parentOf(object.name));
  const options = [
    ["SUBTYPE", textOf(object, "subtype")],
    ["SUBTYPE_OPCLASS", textOf(object, "operatorClass")],
    ["COLLATION", textOf(object, "collation")],
    ["SUBTYPE_DIFF", nameOf(textOf(object, "subtypeDiff"))],
    [
      "MULTIRANGE_TYPE_NAME",
      multirange === undefined || multirange.includes(".") ? multirange : `${schema}.${multirange}`,
    ],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]));
  return `CREATE TYPE ${sqlName(object.name)} AS RANGE (${options.join(", ")})`;
}

function nameOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : sqlName(withoutTypes(text));
}

/**
 * A range type with a canonical function exists as a shell before it, and a base type needs functions in C: they are
 * not created.
 */
function createType(object: SchemaObject): string[] {
  const name = sqlName(object.name);
  switch (textOf(object, "type")) {
    case "enum":
      return [`CREATE TYPE ${name} AS ENUM (${textOf(object, "values") ?? ""})`];
    case "composite":
      return [`CREATE TYPE ${name} AS (${textOf(object, "fields") ?? ""})`];
    case "domain":
      return domain(object);
    case "range":
      return textOf(object, "canonical") === undefined ? [rangeType(object)] : [];
    default:
      return [];
  }
}

export const types: KindSql = {
  identity: (object) => `${textOf(object, "type") === "domain" ? "DOMAIN" : "TYPE"} ${sqlName(object.name)}`,
  create: createType,
};
