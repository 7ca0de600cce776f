import type { Schema, SchemaObject } from "../../schema/model.ts";
import { partsOfName } from "../../schema/names.ts";
import { textLiteral } from "../literals.ts";
import { rolesOf } from "../roles.ts";
import { type Condition, conditionOf } from "./condition.ts";

/** Roles that only the wanted objects name must exist: they belong to the server, and a schema does not list them. */
export function roleConditions(from: Schema, to: Schema): Condition[] {
  const known = new Set([...from.objects.values()].flatMap(rolesOf));
  const users = new Map<string, SchemaObject>();
  for (const object of to.objects.values())
    for (const role of rolesOf(object)) if (!known.has(role) && !users.has(role)) users.set(role, object);
  return [...users].map(([role, object]) => {
    const name = textLiteral(partsOfName(role)[0] ?? "");
    return conditionOf({
      object,
      message: `role ${role} must exist, as ${object.kind} ${object.name} names it`,
      select: `SELECT ${name} AS missing_role WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${name})`,
      tables: [],
    });
  });
}
