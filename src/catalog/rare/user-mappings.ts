import { foreignOptionsText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

/** Options that name a user. Wrappers are free to name their secrets as they like, so other values are not read. */
const shown = ["user", "username", "remote_user", "password_required"];

/** By server and role; PUBLIC may read the view, but not the catalog. */
export const userMappings: RareKind = {
  kind: "user mapping",
  ...rareCatalogs.userMappings,
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
