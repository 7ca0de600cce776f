import { keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { isNoMember, isUserSchema, privilegesText, type ReadOptions } from "./fragments.ts";
import { catalogs, type Registry } from "./registry.ts";

export interface SchemaRow {
  readonly oid: number;
  readonly name: string;
  readonly privileges: string | null;
}

/** Initial privileges on `public` are not reported; pg_init_privs records them (manual, section 52.28). */
export const schemasSql = (options: ReadOptions) => `SELECT n.oid, n.nspname AS "name",
    CASE WHEN n.nspacl::text IS DISTINCT FROM i.initprivs::text THEN ${privilegesText(options, "n.nspacl", "n", "n.nspowner")} END AS "privileges"
  FROM pg_catalog.pg_namespace n
  LEFT JOIN pg_catalog.pg_init_privs i ON i.objoid = n.oid AND i.classoid = ${catalogs.namespace} AND i.objsubid = 0
  WHERE ${isUserSchema("n")} AND ${isNoMember("pg_namespace", "n.oid")}`;

export function registerSchemas(rows: readonly SchemaRow[], registry: Registry): void {
  for (const { oid, name } of rows) registry.add(catalogs.namespace, oid, keyOf("schema", plainName(name)));
}

/** Every database has the schema `public` with this comment. */
const standardComment = "standard public schema";

export function schemaObjects(
  rows: readonly SchemaRow[],
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  return rows.map(({ oid, name, privileges }) => {
    const text = registry.comment(catalogs.namespace, oid);
    const comment = name === "public" && text === standardComment ? null : text;
    const attributes = { comment, ...(withPrivileges && { privileges }) };
    return { kind: "schema", name: plainName(name), attributes, needs: [] };
  });
}
