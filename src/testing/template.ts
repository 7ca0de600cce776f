import type { Session } from "../database/session.ts";
import { identifier, literal } from "../sql/quote.ts";

/** What CREATE DATABASE … TEMPLATE does not copy (manual, section 23.3). */
export interface DatabaseProperties {
  readonly owner: string;
  readonly limit: number;
  readonly comment: string | null;
  /** Null for the default privileges. */
  readonly grants: readonly Grant[] | null;
  /** Settings of ALTER DATABASE (role null) and ALTER ROLE … IN DATABASE. */
  readonly settings: readonly {
    readonly role: string | null;
    readonly name: string;
    readonly value: string;
  }[];
}

interface Grant {
  /** Null for PUBLIC. */
  readonly grantee: string | null;
  readonly privileges: readonly string[];
  readonly grantable: readonly string[];
}

const query = (
  database: string,
) => `SELECT pg_catalog.pg_get_userbyid(d.datdba) AS owner, d.datconnlimit AS "limit",
  pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
  CASE WHEN d.datacl IS NOT NULL THEN COALESCE((SELECT pg_catalog.json_agg(g ORDER BY g.place) FROM
    (SELECT pg_catalog.min(a.place) AS place, r.rolname AS grantee,
        pg_catalog.json_agg(a.privilege_type ORDER BY a.place) AS privileges,
        COALESCE(pg_catalog.json_agg(a.privilege_type ORDER BY a.place) FILTER (WHERE a.is_grantable), '[]') AS grantable
      FROM pg_catalog.aclexplode(d.datacl) WITH ORDINALITY a(grantor, grantee, privilege_type, is_grantable, place)
      LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee GROUP BY r.rolname) g), '[]') END AS grants,
  COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('role', r.rolname,
      'name', pg_catalog.split_part(c, '=', 1), 'value', pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)))
    FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole, pg_catalog.unnest(s.setconfig) c
    WHERE s.setdatabase = d.oid), '[]') AS settings
FROM pg_catalog.pg_database d WHERE d.datname = ${literal(database)}`;

/** Reads what a copy of a database will lack. */
export async function readProperties(session: Session, database: string): Promise<DatabaseProperties> {
  const [properties] = await session.run<DatabaseProperties>(query(database));
  if (properties === undefined) throw new Error(`the database ${database} does not exist`);
  return properties;
}

/** Settings whose value PostgreSQL stores as a list of quoted names (GUC_LIST_QUOTE in guc_tables.c). */
const lists: ReadonlySet<string> = new Set([
  "search_path",
  "temp_tablespaces",
  "session_preload_libraries",
  "shared_preload_libraries",
  "local_preload_libraries",
]);

function grantsSql(database: string, owner: string, grants: readonly Grant[]): string[] {
  const on = `ON DATABASE ${identifier(database)}`;
  const grant = (privileges: readonly string[], grantee: string | null, option: string) =>
    privileges.length === 0
      ? []
      : [
          `GRANT ${privileges.join(", ")} ${on} TO ${grantee === null ? "PUBLIC" : identifier(grantee)}${option}`,
        ];
  return [
    `REVOKE ALL ${on} FROM PUBLIC, ${identifier(owner)}`,
    ...grants.flatMap(({ grantee, privileges, grantable }) => [
      ...grant(
        privileges.filter((privilege) => !grantable.includes(privilege)),
        grantee,
        "",
      ),
      ...grant(grantable, grantee, " WITH GRANT OPTION"),
    ]),
  ];
}

/** The statements that give a copy the properties of its template. @param user the owner of a new database */
export function propertiesSql(
  database: string,
  { owner, limit, comment, grants, settings }: DatabaseProperties,
  user: string,
): string[] {
  const name = identifier(database);
  return [
    ...(owner === user ? [] : [`ALTER DATABASE ${name} OWNER TO ${identifier(owner)}`]),
    ...(limit === -1 ? [] : [`ALTER DATABASE ${name} CONNECTION LIMIT ${limit}`]),
    ...(comment === null ? [] : [`COMMENT ON DATABASE ${name} IS ${literal(comment)}`]),
    ...(grants === null ? [] : grantsSql(database, owner, grants)),
    ...settings.map(({ role, name: setting, value }) => {
      const whose = role === null ? `DATABASE ${name}` : `ROLE ${identifier(role)} IN DATABASE ${name}`;
      const path = setting.split(".").map(identifier).join(".");
      return `ALTER ${whose} SET ${path} TO ${lists.has(setting) ? value : literal(value)}`;
    }),
  ];
}
