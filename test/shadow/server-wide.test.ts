import { expect, it } from "vitest";
import { isServerWide } from "../../src/shadow/server/server-wide.ts";

it.each([
  "CREATE ROLE app",
  "alter user app PASSWORD 'x'",
  "DROP GROUP /* old */ app",
  "CREATE DATABASE other",
  "ALTER DATABASE shop SET timezone = 'UTC'",
  "CREATE TABLESPACE fast LOCATION '/fast'",
  "CREATE SUBSCRIPTION s CONNECTION 'host=h' PUBLICATION p",
  "ALTER SYSTEM SET work_mem = '1GB'",
  "REASSIGN OWNED BY a TO b",
  "DROP OWNED BY a",
  "GRANT readers TO app",
  "REVOKE ADMIN OPTION FOR readers FROM app",
  "GRANT CREATE\nON\nDATABASE shop TO app",
  "REVOKE SET ON PARAMETER work_mem FROM app",
  "COMMENT ON ROLE app IS 'x'",
  "SECURITY LABEL FOR p ON ROLE app IS 'x'",
  "DO $$ BEGIN IF true THEN CREATE  ROLE app; END IF; END $$",
])("changes the whole server: %s", (sql) => {
  expect(isServerWide(sql)).toBe(true);
});

it.each([
  "",
  "CREATE TABLE role (id int)",
  'CREATE TABLE "ALTER SYSTEM" (id int)',
  "CREATE USER MAPPING FOR app SERVER s",
  "ALTER USER MAPPING FOR app SERVER s OPTIONS (SET password 'x')",
  "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
  "ALTER TABLE t OWNER TO app",
  "GRANT SELECT ON t TO app",
  "GRANT SELECT (a, b) ON t TO app",
  "COMMENT ON TABLE t IS 'CREATE ROLE app'",
  "SECURITY LABEL ON TABLE t IS 'x'",
  "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE ROLE app; END $$",
  "DO $$ BEGIN CREATE USER MAPPING FOR app SERVER s; END $$",
])("changes one database: %s", (sql) => {
  expect(isServerWide(sql)).toBe(false);
});
