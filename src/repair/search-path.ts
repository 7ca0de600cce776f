import type { Schema } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { sqlName, textOf, withoutTypes } from "./names.ts";

/**
 * The `search_path` under which the SQL of a schema means what it meant there. The reader writes the schema of every
 * name, but `CASE x WHEN`, `NULLIF` and `IS DISTINCT FROM` cannot name that of their operator: it is found by the path.
 * Without it they silently compare citext as text (manual, section 10.2). Other schemas stay out: their functions could
 * hide PostgreSQL's own.
 */
export function searchPathOf(schema: Schema): string {
  const schemas = new Set<string>();
  for (const object of schema.objects.values()) {
    if (object.kind === "extension") schemas.add(textOf(object, "schema") ?? "pg_catalog");
    if (object.kind === "operator") schemas.add(parentOf(withoutTypes(object.name)));
  }
  schemas.delete("pg_catalog");
  return ["pg_catalog", ...[...schemas].sort().map(sqlName)].join(", ");
}

/** The settings under which {@link planCreation} works: function bodies may refer to later objects. */
export function creationSettings(schema: Schema): readonly string[] {
  return [`SET search_path = ${searchPathOf(schema)}`, "SET check_function_bodies = off"];
}
