import type { Session } from "../../database/session.ts";

/** One privilege of a role other than the owner. */
export interface Grant {
  /** The kind of object: a database, a schema, a table, or a role's future objects. */
  readonly on: "database" | "schema" | "table" | "sequence" | "default";
  /**
   * `schema.name`, or the name of a database or schema; for default privileges, the role that will create the
   * objects.
   */
  readonly object: string;
  /** The role; `PUBLIC` for all. */
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Whether it is PostgreSQL's default and was never granted (manual, section 5.8). */
  readonly byDefault: boolean;
}

/** A role that can do more than its grants show. */
export interface PowerfulRole {
  readonly role: string;
  /** `superuser`, or a predefined role of which it is a member, such as `pg_read_all_data`. */
  readonly power: string;
  /** Whether `initdb` created it. */
  readonly isFirst: boolean;
}

export interface OwnedTable {
  readonly table: string;
  readonly owner: string;
  readonly ownerIsSuperuser: boolean;
}

export interface AccessFacts {
  readonly grants: readonly Grant[];
  readonly roles: readonly PowerfulRole[];
  readonly tables: readonly OwnedTable[];
}

const userSchema = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

function exploded(acl: string): string {
  return `LATERAL pg_catalog.aclexplode(${acl}) a LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee`;
}

const granted = `coalesce(g.rolname, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::text END) AS grantee,
  a.privilege_type AS privilege, a.is_grantable AS grantable`;

const queries = {
  grants: `SELECT 'database' AS "on", d.datname::text AS object, ${granted}, d.datacl IS NULL AS "byDefault"
    FROM pg_catalog.pg_database d CROSS JOIN ${exploded("coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))")}
    WHERE d.datname = pg_catalog.current_database() AND a.grantee <> d.datdba
  UNION ALL SELECT 'schema', n.nspname, ${granted}, false
    FROM pg_catalog.pg_namespace n CROSS JOIN ${exploded("n.nspacl")} WHERE ${userSchema} AND a.grantee <> n.nspowner
  UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname || '.' || c.relname, ${granted}, false
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN ${exploded("c.relacl")}
    WHERE ${userSchema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND a.grantee <> c.relowner
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
  UNION ALL SELECT 'default', r.rolname || coalesce(' in ' || n.nspname, ''), ${granted}, false
    FROM pg_catalog.pg_default_acl f JOIN pg_catalog.pg_roles r ON r.oid = f.defaclrole
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.defaclnamespace CROSS JOIN ${exploded("f.defaclacl")}
    WHERE f.defaclobjtype IN ('r', 'S', 'n') AND a.grantee <> f.defaclrole`,
  roles: `SELECT r.rolname AS role, 'superuser' AS power, r.oid = 10 AS "isFirst" FROM pg_catalog.pg_roles r WHERE r.rolsuper AND r.rolcanlogin
  UNION ALL SELECT r.rolname, p.rolname, false FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.member JOIN pg_catalog.pg_roles p ON p.oid = m.roleid
    WHERE p.rolname IN ('pg_read_all_data', 'pg_write_all_data')`,
  tables: `SELECT n.nspname || '.' || c.relname AS "table", r.rolname AS owner, r.rolsuper AS "ownerIsSuperuser"
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
    WHERE ${userSchema} AND n.nspname <> 'socrates_db' AND c.relkind IN ('r', 'p')`,
};

/** The privileges in a database, except those of owners. */
export function readAccess(session: Session): Promise<AccessFacts> {
  return session.snapshot<{ grants: Grant; roles: PowerfulRole; tables: OwnedTable }>(queries);
}
