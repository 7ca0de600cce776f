import { wordText } from "../fragments.ts";
import { rareCatalogs } from "./catalogs.ts";
import type { RareKind } from "./rare-kind.ts";

const objectWords = {
  r: "tables",
  S: "sequences",
  f: "functions",
  T: "types",
  n: "schemas",
  L: "large objects",
};

const databaseOwner =
  "(SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";

/**
 * `ALTER DEFAULT PRIVILEGES`, by the schema, the kind of object and the role that will create it; the owner of the
 * database is not named, as it differs between servers. Those of a schema only add to the others; the owner's own
 * privileges are left out where they are the usual ones.
 */
export const defaultPrivileges: RareKind = {
  kind: "default privileges",
  ...rareCatalogs.defaultPrivileges,
  host: { catalog: "pg_namespace", oid: "o.defaclnamespace" },
  suffix: `${wordText("o.defaclobjtype", objectWords)} || CASE WHEN o.defaclrole <> ${databaseOwner}
    THEN ' for ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.defaclrole)) ELSE '' END`,
  attributes: () => ({
    privileges: `COALESCE((SELECT pg_catalog.string_agg(e.grantee || ': ' || e.list, '; ' ORDER BY e.grantee COLLATE pg_catalog."C") FROM (
      SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN o.defaclrole THEN 'owner' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS grantee,
        pg_catalog.string_agg(DISTINCT x.privilege_type || CASE WHEN x.is_grantable AND x.grantee <> o.defaclrole THEN '*' ELSE '' END, ', ') AS list
      FROM pg_catalog.aclexplode(o.defaclacl) x GROUP BY x.grantee
      HAVING NOT (x.grantee = o.defaclrole AND pg_catalog.count(*) = (SELECT pg_catalog.count(*)
        FROM pg_catalog.aclexplode(pg_catalog.acldefault(CASE o.defaclobjtype WHEN 'S' THEN 's' ELSE o.defaclobjtype END, o.defaclrole)) u WHERE u.grantee = o.defaclrole))) e), 'none')`,
  }),
};
