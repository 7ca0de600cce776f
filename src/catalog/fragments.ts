/** Pieces of SQL that several queries share. */

import type { Extras } from "../schema/extras.ts";

/** What determines the SQL of a query. */
export interface ReadOptions extends Extras {
  /** `server_version_num`. */
  readonly version: number;
}

/** The schema of the ledger: it belongs to this program and not to the user's schema. */
const ledgerSchema = "socrates_db";

/**
 * Whether a schema is one of those of TimescaleDB: of its functions, and of tables, such as chunks, that are not its
 * members.
 */
export function isOfTimescale(namespace: string): string {
  return `(${namespace}.nspname ~ '^_timescaledb_' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = ${namespace}.oid AND d.deptype = 'e'))`;
}

/** Whether a row of pg_namespace is a schema whose objects are read. The prefix `pg_` is reserved (manual, section 5.10.6). */
export function isUserSchema(namespace: string): string {
  return `${namespace}.nspname !~ '^pg_' AND ${namespace}.nspname NOT IN ('information_schema', '${ledgerSchema}') AND NOT ${isOfTimescale(namespace)}`;
}

/**
 * Whether an object does not belong to an extension. CREATE EXTENSION creates its members, and DROP EXTENSION drops
 * them.
 */
export function isNoMember(catalog: string, oid: string, types = "'e'"): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
    AND e.objid = ${oid} AND e.deptype IN (${types}))`;
}

/** The OIDs of tables, foreign tables and views in user schemas, in parentheses. */
export const userRelations = `(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${isUserSchema("n")})`;

/** Options as `a=1, b=2` from a text array: sorted, as their order means nothing, unless a copy keeps it. */
export function optionsText({ exact }: ReadOptions, array: string): string {
  return `CASE WHEN ${array} IS NOT NULL THEN (SELECT pg_catalog.string_agg(o, ', ' ORDER BY ${exact ? "i" : 'o COLLATE pg_catalog."C"'})
    FROM pg_catalog.unnest(${array}) WITH ORDINALITY u(o, i)) END`;
}

/**
 * Whether a column has options that a user set. Recent minor releases (such as 15.20) store `pg_attver` there, which
 * records when the column was created. It cannot be set, and pg_dump also leaves it out.
 */
export function hasColumnOptions(array: string): string {
  return `${array} IS NOT NULL AND (pg_catalog.cardinality(${array}) > 1 OR NOT pg_catalog.starts_with(${array}[1], 'pg_attver='))`;
}

export function columnOptionsText(array: string): string {
  return `CASE WHEN ${hasColumnOptions(array)} THEN
    (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o COLLATE pg_catalog."C") FROM pg_catalog.unnest(${array}) o
      WHERE NOT pg_catalog.starts_with(o, 'pg_attver=')) END`;
}

/** A text between quotes, so that lists of texts can be separated. */
export function quotedText(text: string): string {
  return `'''' || pg_catalog.replace(${text}, '''', '''''') || ''''`;
}

/** The name of a tablespace; null for the database's default (pg_class.reltablespace is 0). */
export function tablespaceName(oid: string): string {
  return `CASE WHEN ${oid} <> 0 THEN (SELECT ts.spcname FROM pg_catalog.pg_tablespace ts WHERE ts.oid = ${oid}) END`;
}

/** The name of a collation, with its schema unless it is in pg_catalog. */
export function collationName(oid: string): string {
  return `(SELECT CASE WHEN cn.nspname <> 'pg_catalog' THEN pg_catalog.quote_ident(cn.nspname) || '.' ELSE '' END
    || pg_catalog.quote_ident(co.collname) FROM pg_catalog.pg_collation co
    JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = ${oid})`;
}

/** A function with the types of its arguments; null for 0. */
export function functionText(oid: string): string {
  return `CASE WHEN ${oid}::pg_catalog.oid <> 0 THEN ${oid}::pg_catalog.oid::pg_catalog.regprocedure::text END`;
}

/** An operator with the types of its operands; null for 0. */
export function operatorText(oid: string): string {
  return `CASE WHEN ${oid} <> 0 THEN ${oid}::pg_catalog.regoperator::text END`;
}

/** A type; null for 0. */
export function typeText(oid: string): string {
  return `CASE WHEN ${oid} <> 0 THEN pg_catalog.format_type(${oid}, NULL) END`;
}

/** A name with its schema unless that is pg_catalog, from a catalog's row; null for 0. */
export function nameText(catalog: string, prefix: string, oid: string): string {
  return `(SELECT CASE WHEN xn.nspname <> 'pg_catalog' THEN pg_catalog.quote_ident(xn.nspname) || '.' ELSE '' END || pg_catalog.quote_ident(x.${prefix}name)
    FROM pg_catalog.${catalog} x JOIN pg_catalog.pg_namespace xn ON xn.oid = x.${prefix}namespace WHERE x.oid = ${oid})`;
}

/** The word for a code in the catalog; a code that a newer PostgreSQL adds is returned as it is. */
export function wordText(code: string, words: Readonly<Record<string, string>>): string {
  const cases = Object.entries(words).map(([letter, word]) => `WHEN '${letter}' THEN '${word}'`);
  return `CASE ${code}::text ${cases.join(" ")} ELSE ${code}::text END`;
}

const secretName =
  "(pass|pwd|secret|token|credential|connstr|conninfo|(a(ccess|ccount|pi|uth)|private|sas|shared|ssl)_?key)";
const secretValue = "(://[^/@]*:[^/@]*@|(password|passwd|pwd|secret|token|key)[[:space:]]*=)";

/** Whether a setting or an option may hold a secret, by its name or its value. */
function isSecret(name: string, value: string): string {
  return `${name} ~* '${secretName}' OR ${value} ~* '${secretValue}'`;
}

/** The value of a setting, unless it may be a secret: that never leaves the server. */
export function publicValue(name: string, value: string, isHidden = isSecret(name, value)): string {
  return `CASE WHEN ${isHidden} THEN '(hidden)' ELSE ${value} END`;
}

/**
 * Options of foreign objects as `host 'far', port '5432'`, sorted.
 * @param isHidden SQL condition on `p.option_name` and `p.option_value`
 */
export function foreignOptionsText(array: string, isHidden?: string): string {
  const value = publicValue("p.option_name", "pg_catalog.quote_literal(p.option_value)", isHidden);
  return `CASE WHEN ${array} IS NOT NULL THEN
    (SELECT pg_catalog.string_agg(p.option_name || ' ' || ${value}, ', ' ORDER BY p.option_name COLLATE pg_catalog."C") FROM pg_catalog.pg_options_to_table(${array}) p) END`;
}

/**
 * Privileges as `PUBLIC: EXECUTE; app: SELECT, UPDATE*`, where `*` is the grant option. Null if only the owner has
 * privileges, and the default ones. A missing list means the default (manual, section 5.8), which depends on the kind
 * of object.
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
