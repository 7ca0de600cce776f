import { catalogs } from "./registry.ts";

/** Comments on every object that is read (manual, section 52.19). */
export const commentsSql = `SELECT d.classoid AS "classId", d.objoid AS "oid", d.objsubid AS "part", d.description AS "text"
  FROM pg_catalog.pg_description d
  WHERE d.classoid IN (${[catalogs.class, catalogs.constraint, catalogs.namespace, catalogs.policy, catalogs.proc, catalogs.rewrite, catalogs.trigger, catalogs.type].join(", ")})
    AND (d.objoid >= 16384 OR d.classoid = ${catalogs.namespace})`; // smaller OIDs are built-in objects, except the schema public

/**
 * Dependencies that columns of the catalogs do not show: those of expression indexes, generated columns, defaults,
 * views, policies, functions and triggers. That a default belongs to its column is also a row (deptype `a`). Before
 * PostgreSQL 15 the generated column itself depended on other columns; since then its row in pg_attrdef does.
 */
export const dependenciesSql = `SELECT d.classid AS "classId", d.objid AS "oid", d.objsubid AS "part",
    d.refclassid AS "refClassId", d.refobjid AS "refOid", d.refobjsubid AS "refPart"
  FROM pg_catalog.pg_depend d
  WHERE d.deptype IN ('n', 'a') AND d.refobjid >= 16384 AND (
    d.classid IN (${[catalogs.policy, catalogs.proc, catalogs.rewrite, catalogs.trigger, catalogs.type].join(", ")})
    OR d.classid = ${catalogs.attrdef} AND d.deptype = 'n'
    OR d.classid = ${catalogs.constraint} AND d.refclassid IN (${catalogs.proc}, ${catalogs.type})
    OR d.classid = ${catalogs.class} AND d.objsubid > 0
    OR d.classid = ${catalogs.class} AND d.objid IN (SELECT x.indexrelid FROM pg_catalog.pg_index x WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL))`;

/** Members of extensions. Array types of their types are members, but have no row. */
export const membersSql = `SELECT d.classid AS "classId", d.objid AS "oid", e.extname AS "extension"
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
  WHERE d.deptype = 'e' AND d.refclassid = ${catalogs.extension}
  UNION ALL
  SELECT d.classid, t.typarray, e.extname
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid JOIN pg_catalog.pg_type t ON t.oid = d.objid
  WHERE d.deptype = 'e' AND d.refclassid = ${catalogs.extension} AND d.classid = ${catalogs.type} AND t.typarray <> 0`;

export interface MemberRow {
  readonly classId: number;
  readonly oid: number;
  readonly extension: string;
}
