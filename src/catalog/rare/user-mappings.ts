import { foreignOptionsText } from "../fragments.ts";
import type { RareKind } from "./rare-kind.ts";

/** Options that name a user. Wrappers are free to name their secrets as they like, so other values are not read. */
const shown = ["user", "username", "remote_user", "password_required"];

/** By server and role; PUBLIC may read the view, but not the catalog. */
export const userMappings: RareKind = {
  kind: "user mapping",
  catalog: "pg_user_mapping",
  from: "pg_user_mappings",
  oid: "umid",
  host: { catalog: "pg_foreign_server", oid: "o.srvid" },
  names: ["CASE WHEN o.umuser <> 0 THEN o.usename END"],
  suffix: "CASE WHEN o.umuser = 0 THEN 'PUBLIC' ELSE '' END",
  attributes: () => ({
    options: foreignOptionsText(
      "o.umoptions",
      `p.option_name NOT IN (${shown.map((name) => `'${name}'`).join(", ")})`,
    ),
  }),
};

/**
 * Mappings whose options the user may not see: the view shows them to a superuser, to the user that is mapped, and
 * those of PUBLIC to the owner of the server (manual, section 53.37).
 */
export const unreadableMappings = `SELECT pg_catalog.quote_ident(m.srvname) || '.' || CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END AS "name"
  FROM pg_catalog.pg_user_mappings m JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
  WHERE m.umoptions IS NULL AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
    AND NOT (m.umuser <> 0 AND m.usename = current_user AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
    AND NOT (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))`;
