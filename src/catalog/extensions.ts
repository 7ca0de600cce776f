import { keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import type { MemberRow } from "./links.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface ExtensionRow {
  readonly name: string;
  readonly schemaOid: number;
  readonly schema: string;
}

/** Without the version, which the server chooses, and the comment, which comes from the extension's control file. */
export const extensionsSql = `SELECT e.extname AS "name", n.oid AS "schemaOid", n.nspname AS "schema"
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace`;

/** An object that needs a member of an extension needs the extension. */
export function registerMembers(members: readonly MemberRow[], registry: Registry): void {
  for (const { classId, oid, extension } of members)
    registry.add(classId, oid, keyOf("extension", plainName(extension)));
}

export function extensionObjects(rows: readonly ExtensionRow[], registry: Registry): SchemaObject[] {
  return rows.map(({ name, schemaOid, schema }) => {
    const key = keyOf("extension", plainName(name));
    return {
      kind: "extension",
      name: plainName(name),
      attributes: { schema: plainName(schema) },
      // An extension that creates its schema does not depend on it.
      needs: needsOf(key, [registry.key(catalogs.namespace, schemaOid)]),
    };
  });
}
