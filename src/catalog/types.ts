import { keyOf, type SchemaObject } from "../schema/model.ts";
import { dotted } from "../schema/names.ts";
import {
  collationName,
  isNoMember,
  isUserSchema,
  privilegesText,
  quotedText,
  type ReadOptions,
} from "./fragments.ts";
import { inWords, numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface TypeRow {
  readonly oid: number;
  readonly arrayOid: number;
  readonly relationOid: number;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly letter: string;
  readonly values: string | null;
  readonly baseType: string | null;
  readonly baseOid: number;
  readonly default: string | null;
  readonly notNull: boolean;
  readonly collation: string | null;
  readonly checks: string | null;
  readonly checkComments: string | null;
  readonly checkOids: string | null;
  readonly fields: string | null;
  readonly fieldTypes: string | null;
  readonly fieldComments: string | null;
  readonly privileges: string | null;
}

const domainChecks = (text: string) => `CASE t.typtype WHEN 'd' THEN (
  SELECT pg_catalog.string_agg(${text}, ', ' ORDER BY k.conname COLLATE pg_catalog."C")
  FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') END`;

/** Enums, domains and composite types. Row types of tables and array types are not listed separately. */
export const typesSql = (
  options: ReadOptions,
) => `SELECT t.oid, t.typarray AS "arrayOid", t.typrelid AS "relationOid",
    n.oid AS "schemaOid", n.nspname AS "schema", t.typname AS "name", t.typtype::text AS "letter",
    CASE t.typtype WHEN 'e' THEN (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
      FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid) END AS "values",
    CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS "baseType", t.typbasetype AS "baseOid",
    t.typdefault AS "default", t.typnotnull AS "notNull",
    CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN ${collationName("t.typcollation")} END AS "collation",
    ${domainChecks(`pg_catalog.quote_ident(k.conname) || ' CHECK (' || pg_catalog.pg_get_expr(k.conbin, 0) || ')' || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END`)} AS "checks",
    ${domainChecks(`pg_catalog.quote_ident(k.conname) || ': ' || ${quotedText("pg_catalog.obj_description(k.oid, 'pg_constraint')")}`)} AS "checkComments",
    ${domainChecks("k.oid::text")} AS "checkOids",
    CASE t.typtype WHEN 'c' THEN (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attcollation <> ft.typcollation THEN ' COLLATE ' || ${collationName("a.attcollation")} ELSE '' END, ', ' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type ft ON ft.oid = a.atttypid
      WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS "fields",
    CASE t.typtype WHEN 'c' THEN (SELECT pg_catalog.string_agg(a.atttypid::text, ' ') FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS "fieldTypes",
    CASE t.typtype WHEN 'c' THEN (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ': ' || ${quotedText("pg_catalog.col_description(t.typrelid, a.attnum)")}, ', ' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS "fieldComments",
    ${privilegesText(options, "t.typacl", "T", "t.typowner")} AS "privileges"
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class r ON r.oid = t.typrelid
  LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
  WHERE ${isUserSchema("n")} AND (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND r.relkind = 'c') AND ${isNoMember("pg_type", "t.oid")}`;

const letters = { e: "enum", d: "domain", c: "composite" };

export function registerTypes(rows: readonly TypeRow[], registry: Registry): void {
  for (const { oid, arrayOid, relationOid, schema, name } of rows) {
    const key = keyOf("type", dotted(schema, name));
    registry.add(catalogs.type, oid, key);
    registry.add(catalogs.type, arrayOid, key);
    if (relationOid !== 0) registry.add(catalogs.class, relationOid, key);
  }
}

export function typeObjects(
  rows: readonly TypeRow[],
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  return rows.map((row) => {
    const name = dotted(row.schema, row.name);
    const used = [row.baseOid, ...numbersOf(row.fieldTypes)].map((oid) => registry.key(catalogs.type, oid));
    return {
      kind: "type",
      name,
      attributes: {
        type: inWords(letters, row.letter),
        values: row.values,
        baseType: row.baseType,
        default: row.default,
        notNull: row.notNull,
        collation: row.collation,
        checks: row.checks,
        checkComments: row.checkComments,
        fields: row.fields,
        fieldComments: row.fieldComments,
        comment: registry.comment(catalogs.type, row.oid),
        ...(withPrivileges && { privileges: row.privileges }),
      },
      needs: needsOf(keyOf("type", name), [
        registry.key(catalogs.namespace, row.schemaOid),
        ...used,
        ...registry.uses(catalogs.type, row.oid),
        ...numbersOf(row.checkOids).flatMap((oid) => registry.uses(catalogs.constraint, oid)),
      ]),
    };
  });
}
