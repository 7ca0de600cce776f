import { keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import type { MemberRow } from "./links.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface ExtensionRow {
  readonly name: string;
  readonly schemaOid: number;
  readonly schema: string;
}

/** Without the version, which is the server's choice, and the comment, which comes from the extension's control file. */
export const extensionsSql = `SELECT e.extname AS "name", n.oid AS "schemaOid", n.nspname AS "schema"
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace`;

/** What belongs to an extension stands for the extension where something needs it. */
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
      // An extension that brings its own schema does not need it.
      needs: needsOf(key, [registry.key(catalogs.namespace, schemaOid)]),
    };
  });
}
