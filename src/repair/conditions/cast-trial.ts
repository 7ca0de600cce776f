import type { SchemaObject } from "../../schema/model.ts";
import { itemsOf } from "../../sql/parentheses.ts";
import { conversionOf } from "../column-ways.ts";
import { isSet, partName, textOf } from "../names.ts";
import type { Trial } from "./condition.ts";
import { withValue } from "./expressions.ts";

/** The expressions of a domain's checks: those that hold for old values. */
export function checksOf(domain: SchemaObject): ReadonlyMap<string, string> {
  const checks = itemsOf(textOf(domain, "checks") ?? "").flatMap((item) => {
    const [, name = "", expression] = /^("(?:[^"]|"")+"|[^ ]+) CHECK \((.*)\)$/s.exec(item) ?? [];
    return expression === undefined ? [] : [[name, expression] as const];
  });
  return new Map(checks);
}

export interface CastTrialOptions {
  /** A domain that does not exist now: it is tried by its definition. */
  readonly domain?: SchemaObject | undefined;
  /** A test of whether a value changes, which is then refused. */
  readonly change?: string | undefined;
}

/** Tries to assign a value as the script will. */
export function castTrial(
  name: string,
  wanted: SchemaObject,
  is: SchemaObject,
  { domain, change }: CastTrialOptions = {},
): Trial {
  const type =
    (domain === undefined ? undefined : textOf(domain, "baseType")) ?? textOf(wanted, "type") ?? "";
  const cast = domain === undefined ? conversionOf(wanted, is) : undefined;
  // The column becomes the argument.
  const own = partName(wanted.name);
  const value = cast === undefined ? "value" : `(SELECT ${cast} FROM (SELECT value AS ${own}) AS own)`;
  const checks = domain === undefined ? [] : [...checksOf(domain).values()];
  const tests = [
    ...(change === undefined ? [] : [`IF ${change} THEN RETURN false; END IF;`]),
    ...checks.map((check) => `IF NOT (${withValue(check, "new_value")}) THEN RETURN false; END IF;`),
    ...(domain !== undefined && isSet(domain, "notNull")
      ? ["IF new_value IS NULL THEN RETURN false; END IF;"]
      : []),
  ];
  return {
    name,
    argument: textOf(is, "type") ?? "",
    declaration: `${type} := ${domain === undefined ? value : "value::text"}`,
    body: tests.join(" "),
  };
}
