import type { SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { publicValue } from "./fragments.ts";

export interface SettingRow {
  /** Null for a setting of the database. */
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
}

/** `ALTER DATABASE … SET` and `ALTER ROLE … IN DATABASE … SET`. Those of a role in all databases belong to the server. */
export const settingsSql = `SELECT CASE WHEN s.setrole <> 0 THEN pg_catalog.pg_get_userbyid(s.setrole) END AS "role", v.name AS "name", ${publicValue("v.name", "v.value")} AS "value"
  FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c
  CROSS JOIN LATERAL (SELECT pg_catalog.split_part(c, '=', 1) AS name, pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) AS value) v
  WHERE s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`;

/** Settings of the database by name, and those of roles by role and name. */
export function settingObjects(rows: readonly SettingRow[]): SchemaObject[] {
  return rows.map(({ role, name, value }) => ({
    kind: role === null ? "database setting" : "role setting",
    name: role === null ? name : `${plainName(role)}.${name}`,
    attributes: { value },
    needs: [],
  }));
}
