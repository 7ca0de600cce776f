import type { ObjectKey, SchemaObject } from "../schema/model.ts";
import type { Registry } from "./registry.ts";

/** An owner by the object; with class 0, the bootstrap superuser. */
export interface OwnerRow {
  readonly classId: number;
  readonly oid: number;
  readonly owner: string;
}

/** PostgreSQL does not record what the bootstrap superuser (role 10) owns: it cannot be dropped. */
export const ownersSql = `SELECT d.classid AS "classId", d.objid AS "oid", pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.refobjid)) AS "owner"
  FROM pg_catalog.pg_shdepend d
  WHERE d.deptype = 'o' AND d.dbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
  UNION ALL SELECT 0, 0, pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(10))`;

/** Kinds that have an owner; parts of a table have the table's. Subscriptions are read without their OID. */
const owned: ReadonlySet<string> = new Set([
  "schema",
  "language",
  "collation",
  "type",
  "foreign-data wrapper",
  "server",
  "sequence",
  "table",
  "statistics object",
  "view",
  "function",
  "aggregate",
  "operator",
  "operator family",
  "operator class",
  "conversion",
  "text search dictionary",
  "text search configuration",
  "event trigger",
  "publication",
]);

/** Adds owners to the objects that have one; a sequence that a column owns has the owner of its table. */
export function withOwners(
  rows: readonly OwnerRow[],
  registry: Registry,
): (object: SchemaObject) => SchemaObject {
  if (rows.length === 0) return (object) => object;
  const owners = new Map<ObjectKey, string>();
  for (const { classId, oid, owner } of rows) {
    const key = registry.key(classId, oid);
    if (key !== undefined) owners.set(key, owner);
  }
  const superuser = rows.find(({ classId }) => classId === 0)?.owner ?? null;
  return (object) => {
    const { kind, name, attributes } = object;
    if (!owned.has(kind) || (attributes["ownedBy"] ?? null) !== null) return object;
    const recorded = owners.get(`${kind} ${name}`);
    // PostgreSQL also does not record what pg_database_owner owns, which is the schema public from version 15 on.
    const owner = recorded ?? (kind === "schema" && name === "public" ? null : superuser);
    return { ...object, attributes: { ...attributes, owner } };
  };
}
