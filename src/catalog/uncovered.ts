import type { Uncovered } from "../schema/model.ts";

/**
 * Mappings whose options the user may not see: the view shows them to a superuser, to the user that is mapped, and
 * those of PUBLIC to the owner of the server (manual, section 53.37).
 */
const unreadableMappings = `SELECT pg_catalog.quote_ident(m.srvname) || '.' || CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END AS "name"
  FROM pg_catalog.pg_user_mappings m JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
  WHERE m.umoptions IS NULL AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
    AND NOT (m.umuser <> 0 AND m.usename = current_user AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
    AND NOT (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))`;

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
