import type { Uncovered } from "../schema/model.ts";
import { isUserSchema } from "./fragments.ts";

/**
 * Mappings whose options the user may not see: the view shows them to a superuser, to the user that is mapped, and
 * those of PUBLIC to the owner of the server (manual, section 53.37).
 */
const unreadableMappings = `SELECT pg_catalog.quote_ident(m.srvname) || '.' || CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END AS "name"
  FROM pg_catalog.pg_user_mappings m JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
  WHERE m.umoptions IS NULL AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
    AND NOT (m.umuser <> 0 AND m.usename = current_user AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
    AND NOT (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))`;

/** Up to PostgreSQL 16, a partition does not inherit that a column is an identity column. */
const identityDefaults = `SELECT n.nspname || '.' || c.relname || '.' || a.attname AS "name"
    FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid AND c.relispartition JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND NOT a.attislocal
    WHERE ${isUserSchema("n")} AND EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_attribute p ON p.attrelid = i.inhparent
      WHERE i.inhrelid = d.adrelid AND p.attname = a.attname AND p.attidentity <> '')`;

interface UncoveredKind {
  /** Its name in reports. */
  readonly what: string;
  /** What reports cannot show about it. */
  readonly meaning: string;
  /** A query for the `name` of each. */
  readonly sql: string;
}

/** What is not compared. Each one that exists is reported. */
export const uncoveredKinds: readonly UncoveredKind[] = [
  {
    what: "options of user mapping",
    meaning: "those that the user may not read",
    sql: unreadableMappings,
  },
  {
    what: "default of identity column",
    meaning: "that of a single partition, which PostgreSQL 17 and newer refuse",
    sql: identityDefaults,
  },
  {
    what: "security label of large object",
    meaning: "its provider and label",
    sql: `SELECT l.objoid::text AS "name" FROM pg_catalog.pg_seclabel l WHERE l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass`,
  },
];

export const uncoveredSql = uncoveredKinds
  .map(({ what, sql }) => `SELECT '${what}' AS "what", u."name" FROM (${sql}) u`)
  .join("\n  UNION ALL ");

export function sortedUncovered(rows: readonly Uncovered[]): readonly Uncovered[] {
  const text = ({ what, name }: Uncovered) => `${what} ${name}`;
  return rows
    .map(({ what, name }) => ({ what, name }))
    .sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
