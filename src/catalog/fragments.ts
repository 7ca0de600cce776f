/** Pieces of SQL that several queries share. */

/** What decides the SQL of a query. */
export interface ReadOptions {
  /** `server_version_num`. */
  readonly version: number;
  /** Whether `privileges` is an attribute. */
  readonly privileges: boolean;
}

/** The ledger of this program: its own business, not a part of anybody's schema. */
const ledgerSchema = "socrates_db";

/** Whether a row of pg_namespace is a schema whose objects are read. The prefix `pg_` is reserved (manual, section 5.10.6). */
export function isUserSchema(namespace: string): string {
  return `${namespace}.nspname !~ '^pg_' AND ${namespace}.nspname NOT IN ('information_schema', '${ledgerSchema}')`;
}

/** Whether an object belongs to no extension: it came with CREATE EXTENSION otherwise, and goes with it. */
export function isNoMember(catalog: string, oid: string, types = "'e'"): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
    AND e.objid = ${oid} AND e.deptype IN (${types}))`;
}

/** The OIDs of tables and views in user schemas, in parentheses. */
export const userRelations = `(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND ${isUserSchema("n")})`;

/** `a=1, b=2` from a text array of options, sorted: their order means nothing. */
export function optionsText(array: string): string {
  return `CASE WHEN ${array} IS NOT NULL THEN
    (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o COLLATE pg_catalog."C") FROM pg_catalog.unnest(${array}) o) END`;
}

/**
 * Whether a column has options that somebody set. Recent minor releases (15.20 for one) keep `pg_attver` among them, a mark
 * of when the column was made; it cannot be set, and pg_dump leaves it out as well.
 */
export function hasColumnOptions(array: string): string {
  return `${array} IS NOT NULL AND (pg_catalog.cardinality(${array}) > 1 OR NOT pg_catalog.starts_with(${array}[1], 'pg_attver='))`;
}

export function columnOptionsText(array: string): string {
  return `CASE WHEN ${hasColumnOptions(array)} THEN
    (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o COLLATE pg_catalog."C") FROM pg_catalog.unnest(${array}) o
      WHERE NOT pg_catalog.starts_with(o, 'pg_attver=')) END`;
}

/** The name of a tablespace; null is that of the database (pg_class.reltablespace is 0). */
export function tablespaceName(oid: string): string {
  return `CASE WHEN ${oid} <> 0 THEN (SELECT ts.spcname FROM pg_catalog.pg_tablespace ts WHERE ts.oid = ${oid}) END`;
}

/** A collation by its name, with its schema unless it is PostgreSQL's own. */
export function collationName(oid: string): string {
  return `(SELECT CASE WHEN cn.nspname <> 'pg_catalog' THEN pg_catalog.quote_ident(cn.nspname) || '.' ELSE '' END
    || pg_catalog.quote_ident(co.collname) FROM pg_catalog.pg_collation co
    JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = ${oid})`;
}

/**
 * Who may do what, as `PUBLIC: EXECUTE; app: SELECT, UPDATE*`, where `*` is the grant option. Null where only the owner
 * has rights, the usual ones. A missing list means the default (manual, section 5.8), whose text depends on the kind.
 */
export function privilegesText(
  { privileges }: ReadOptions,
  acl: string,
  kind: string,
  owner: string,
): string {
  if (!privileges) return "NULL::text";
  return `(WITH entry AS (
    SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN ${owner} THEN 'owner' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS grantee,
      pg_catalog.string_agg(DISTINCT x.privilege_type || CASE WHEN x.is_grantable AND x.grantee <> ${owner} THEN '*' ELSE '' END, ', ') AS list,
      x.grantee = ${owner} AS own
    FROM pg_catalog.aclexplode(COALESCE(${acl}, pg_catalog.acldefault('${kind}', ${owner}))) x GROUP BY x.grantee
  ), usual AS (
    SELECT pg_catalog.string_agg(DISTINCT x.privilege_type, ', ') AS list
    FROM pg_catalog.aclexplode(pg_catalog.acldefault('${kind}', ${owner})) x WHERE x.grantee = ${owner}
  )
  SELECT pg_catalog.string_agg(grantee || ': ' || list, '; ' ORDER BY grantee COLLATE pg_catalog."C") FROM (
    SELECT grantee, entry.list FROM entry, usual WHERE NOT (own AND entry.list IS NOT DISTINCT FROM usual.list)
    UNION ALL SELECT 'owner', 'nothing' FROM usual WHERE usual.list IS NOT NULL AND NOT EXISTS (SELECT FROM entry WHERE own)
  ) shown)`;
}
