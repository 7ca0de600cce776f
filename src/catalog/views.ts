import { keyOf, type SchemaObject } from "../schema/model.ts";
import { dotted, plainName } from "../schema/names.ts";
import { type ColumnRow, columnPlace, type DefaultRow } from "./columns.ts";
import {
  isNoMember,
  isUserSchema,
  optionsText,
  privilegesText,
  type ReadOptions,
  tablespaceName,
} from "./fragments.ts";
import { listOf, quotedText } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface ViewRow {
  readonly oid: number;
  readonly ruleOid: number | null;
  readonly rowType: number;
  readonly rowTypeArray: number | null;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly materialized: boolean;
  readonly definition: string;
  readonly options: string | null;
  readonly tablespace: string | null;
  readonly accessMethod: string | null;
  readonly privileges: string | null;
}

/** The rule `_RETURN` of a view holds its query, and depends on what the view depends on. */
export const viewsSql = (
  options: ReadOptions,
) => `SELECT c.oid, w.oid AS "ruleOid", c.reltype AS "rowType", rt.typarray AS "rowTypeArray",
    n.oid AS "schemaOid", n.nspname AS "schema", c.relname AS "name", c.relkind = 'm' AS "materialized",
    pg_catalog.pg_get_viewdef(c.oid) AS "definition", ${optionsText(options, "c.reloptions")} AS "options",
    ${tablespaceName("c.reltablespace")} AS "tablespace", am.amname AS "accessMethod",
    ${privilegesText(options, "c.relacl", "r", "c.relowner")} AS "privileges"
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.rulename = '_RETURN'
  LEFT JOIN pg_catalog.pg_type rt ON rt.oid = c.reltype
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  WHERE c.relkind IN ('v', 'm') AND ${isUserSchema("n")} AND ${isNoMember("pg_class", "c.oid")}`;

export function registerViews(rows: readonly ViewRow[], registry: Registry): void {
  for (const row of rows) {
    const name = dotted(row.schema, row.name);
    const key = keyOf("view", name);
    registry.addRelation(row.oid, name, key);
    registry.add(catalogs.type, row.rowType, key);
    if (row.rowTypeArray !== null) registry.add(catalogs.type, row.rowTypeArray, key);
  }
}

/** Attributes of a view's columns that its definition does not contain, as `column: value`. */
function ofColumns(columns: readonly ColumnRow[], value: (column: ColumnRow) => string | number | null) {
  return listOf(
    columns
      .flatMap((column) => (value(column) === null ? [] : [`${plainName(column.name)}: ${value(column)}`]))
      .sort(),
  );
}

export function viewObjects(
  rows: readonly ViewRow[],
  columns: readonly ColumnRow[],
  defaults: ReadonlyMap<string, DefaultRow>,
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  const columnsByView = new Map<number, ColumnRow[]>(rows.map(({ oid }) => [oid, []]));
  for (const column of columns) columnsByView.get(column.relation)?.push(column);
  return rows.map((row) => {
    const name = dotted(row.schema, row.name);
    const own = columnsByView.get(row.oid) ?? [];
    return {
      kind: "view",
      name,
      attributes: {
        materialized: row.materialized,
        definition: row.definition,
        options: row.options,
        tablespace: row.tablespace,
        accessMethod: row.accessMethod,
        comment: registry.comment(catalogs.class, row.oid),
        columnComments: ofColumns(own, ({ number }) =>
          quotedText(registry.comment(catalogs.class, row.oid, number)),
        ),
        columnDefaults: ofColumns(
          own,
          ({ number }) => defaults.get(columnPlace(row.oid, number))?.text ?? null,
        ),
        columnStatistics: ofColumns(own, ({ rare }) => rare?.statistics ?? null),
        columnStorage: ofColumns(own, ({ rare }) => rare?.storage ?? null),
        ...(withPrivileges && {
          privileges: row.privileges,
          columnPrivileges: ofColumns(own, ({ privileges }) => privileges ?? null),
        }),
      },
      needs: needsOf(keyOf("view", name), [
        registry.key(catalogs.namespace, row.schemaOid),
        ...(row.ruleOid === null ? [] : registry.uses(catalogs.rewrite, row.ruleOid)),
      ]),
    };
  });
}
