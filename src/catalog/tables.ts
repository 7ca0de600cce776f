import { keyOf, type SchemaObject } from "../schema/model.ts";
import { dotted, plainName } from "../schema/names.ts";
import {
  foreignOptionsText,
  isNoMember,
  isUserSchema,
  optionsText,
  privilegesText,
  type ReadOptions,
  tablespaceName,
} from "./fragments.ts";
import type { InheritedColumns } from "./inherited-columns.ts";
import { inWords, listOf, numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";
import { persistenceWords } from "./sequences.ts";

export interface TableRow {
  readonly oid: number;
  readonly rowType: number;
  readonly rowTypeArray: number | null;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly letter: string;
  readonly persistence: string;
  readonly partitionKey: string | null;
  readonly isPartition: boolean;
  readonly bound: string | null;
  /** OIDs of the parents, in order. */
  readonly parents: string | null;
  readonly typedOf: number;
  readonly typedOfName: string | null;
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  readonly storageParameters: string | null;
  readonly toastParameters: string | null;
  readonly replicaIdentity: string;
  readonly tablespace: string | null;
  readonly accessMethod: string | null;
  readonly serverOid: number | null;
  readonly server: string | null;
  readonly options: string | null;
  readonly privileges: string | null;
}

export const tablesSql = (
  options: ReadOptions,
) => `SELECT c.oid, c.reltype AS "rowType", rt.typarray AS "rowTypeArray",
    n.oid AS "schemaOid", n.nspname AS "schema", c.relname AS "name", c.relkind::text AS "letter", c.relpersistence::text AS "persistence",
    CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS "partitionKey",
    c.relispartition AS "isPartition", pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS "bound",
    (SELECT pg_catalog.string_agg(i.inhparent::text, ' ' ORDER BY i.inhseqno) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) AS "parents",
    c.reloftype AS "typedOf", CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS "typedOfName",
    c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity",
    ${optionsText(options, "c.reloptions")} AS "storageParameters", ${optionsText(options, "tc.reloptions")} AS "toastParameters",
    c.relreplident::text AS "replicaIdentity", ${tablespaceName("c.reltablespace")} AS "tablespace", am.amname AS "accessMethod",
    fs.oid AS "serverOid", fs.srvname AS "server", ${foreignOptionsText("ft.ftoptions")} AS "options",
    ${privilegesText(options, "c.relacl", "r", "c.relowner")} AS "privileges"
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_type rt ON rt.oid = c.reltype
  LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
  LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
  WHERE c.relkind IN ('r', 'p', 'f') AND ${isUserSchema("n")} AND ${isNoMember("pg_class", "c.oid")}`;

export function registerTables(rows: readonly TableRow[], registry: Registry): void {
  for (const row of rows) {
    const name = dotted(row.schema, row.name);
    const key = keyOf("table", name);
    registry.addRelation(row.oid, name, key);
    registry.add(catalogs.type, row.rowType, key);
    if (row.rowTypeArray !== null) registry.add(catalogs.type, row.rowTypeArray, key);
  }
}

const tableWords = { r: "table", p: "partitioned table", f: "foreign table" };
const replicaIdentityWords = { d: "default", n: "nothing", f: "full", i: "index" };

export function tableObjects(
  rows: readonly TableRow[],
  inherited: ReadonlyMap<number, InheritedColumns>,
  triggerStates: ReadonlyMap<number, string>,
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  return rows.map((row) => {
    const name = dotted(row.schema, row.name);
    const parents = numbersOf(row.parents);
    const parentNames = listOf(
      parents.map((oid) => registry.relation(oid)?.name ?? "a table that is not read"),
    );
    const own = inherited.get(row.oid);
    const states = triggerStates.get(row.oid);
    const storage = [row.storageParameters, row.toastParameters?.replace(/(^|, )/g, "$1toast.")];
    return {
      kind: "table",
      name,
      attributes: {
        type: inWords(tableWords, row.letter),
        persistence: inWords(persistenceWords, row.persistence),
        partitionKey: row.partitionKey,
        partitionOf: row.isPartition ? parentNames : null,
        partitionBound: row.bound,
        inherits: row.isPartition ? null : parentNames,
        typedOf: row.typedOfName,
        rowSecurity: row.rowSecurity,
        forceRowSecurity: row.forceRowSecurity,
        storageParameters: listOf(storage.filter((text) => typeof text === "string")),
        replicaIdentity: inWords(replicaIdentityWords, row.replicaIdentity),
        tablespace: row.tablespace,
        accessMethod: row.accessMethod,
        ...(row.server !== null && { server: plainName(row.server), options: row.options }),
        ...own?.attributes,
        ...(states !== undefined && { triggerStates: states }),
        comment: registry.comment(catalogs.class, row.oid),
        ...(withPrivileges && { privileges: row.privileges }),
      },
      needs: needsOf(keyOf("table", name), [
        registry.key(catalogs.namespace, row.schemaOid),
        ...parents.map((oid) => registry.key(catalogs.class, oid)),
        registry.key(catalogs.type, row.typedOf),
        row.serverOid === null ? undefined : registry.key(catalogs.server, row.serverOid),
        ...(own?.needs ?? []),
      ]),
    };
  });
}
