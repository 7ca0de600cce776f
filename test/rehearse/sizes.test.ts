import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plannedStatements, tablesReadOn } from "./planned-rows.ts";
import { SizedServer } from "./sized-server.ts";

/** A million rows with SOCRATES_DB_TEST_FULL=1, otherwise as many as the pages of a file do not blur. */
const rows = process.env["SOCRATES_DB_TEST_FULL"] === "1" ? 1_000_000 : 60_000;

/** What statements read: rows of these tables. */
type Read = readonly ("customers" | "orders" | "tags" | "pages")[];

const statements: readonly (readonly [sql: string, read: Read])[] = [
  ["ALTER TABLE orders ALTER COLUMN id TYPE bigint", ["orders"]],
  ["ALTER TABLE orders ALTER COLUMN size TYPE integer", ["orders"]],
  ["ALTER TABLE orders ALTER COLUMN status TYPE varchar(20)", ["orders"]],
  ["ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,4)", ["orders"]],
  ["ALTER TABLE orders DROP COLUMN note, ALTER COLUMN customer_id TYPE bigint", ["orders"]],
  ["ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()", ["orders"]],
  ["ALTER TABLE orders ADD COLUMN seen timestamptz DEFAULT clock_timestamp()", ["orders"]],
  ["ALTER TABLE orders ADD COLUMN doubled integer GENERATED ALWAYS AS (size * 2) STORED", ["orders"]],
  ["ALTER TABLE orders SET UNLOGGED", ["orders"]],
  ["ALTER TABLE tags SET UNLOGGED", ["tags"]],
  ["ALTER TABLE pages SET UNLOGGED", ["pages"]],
  ["CREATE INDEX ON orders (customer_id)", ["orders"]],
  ["CREATE INDEX ON orders (created)", ["orders"]],
  ["CREATE INDEX ON orders (status)", ["orders"]],
  ["CREATE INDEX ON orders (total)", ["orders"]],
  ["CREATE INDEX ON orders (note)", ["orders"]],
  ["CREATE INDEX ON orders (spare)", ["orders"]],
  ["CREATE INDEX ON orders (customer_id, created)", ["orders"]],
  ["CREATE INDEX ON orders (status, size)", ["orders"]],
  ["CREATE INDEX ON orders (customer_id) INCLUDE (total)", ["orders"]],
  ["CREATE INDEX ON orders (code) WITH (fillfactor = 60)", ["orders"]],
  ["CREATE INDEX ON tags (word)", ["tags"]],
  ["CREATE INDEX ON customers (name)", ["customers"]],
  ["ALTER TABLE orders ADD CONSTRAINT code_unique UNIQUE (code)", ["orders"]],
  ["ALTER TABLE customers ADD CONSTRAINT email_unique UNIQUE (email)", ["customers"]],
  ["ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers", ["orders", "customers"]],
  ["ALTER TABLE orders ALTER COLUMN size SET NOT NULL", []],
  ["ALTER TABLE tags ALTER COLUMN weight SET NOT NULL", ["tags"]],
  ["ALTER TABLE orders ADD CHECK (size >= 0)", ["orders"]],
  ["CLUSTER orders USING orders_pkey", ["orders"]],
  ["REFRESH MATERIALIZED VIEW per_customer", ["customers", "customers"]],
  ["REINDEX INDEX orders_code", ["orders"]],
  ["REINDEX TABLE orders", ["orders"]],
  ["TRUNCATE orders", []],
  ["ALTER TABLE orders ADD COLUMN plain integer", []],
];

let server: SizedServer;
beforeAll(async () => {
  server = await SizedServer.create(rows);
});
afterAll(() => server.close());

/** Since PostgreSQL 16, a table that grows gets up to 64 blocks at once, the last of which may stay empty. */
const extension = inject("server").version < 160_000 ? 0 : 64 * 8192;

describe("rows that statements with a plan read", () => {
  it.each(plannedStatements)("%s", async (sql) => {
    const { rows: stated, unknown } = await server.rehearse(sql);
    expect(unknown?.rows).toBeUndefined();
    const tables = await tablesReadOn(server.session, sql);
    const real = server.rowsOf(tables);
    expect(Math.abs((stated ?? -1) - real)).toBeLessThanOrEqual(real / 20);
  });

  it.each([
    [
      "UPDATE customers SET name = lower(name) WHERE id = 1 OR EXISTS (SELECT FROM tags WHERE word < name)",
      "once for each row",
    ],
    ["SELECT * FROM orders LIMIT 5", "LIMIT"],
    ["DO $$ BEGIN DELETE FROM tags; END $$", "depends on the plan of the target"],
  ])("%s: unknown", async (sql, reason) => {
    const { rows: stated, unknown } = await server.rehearse(sql);
    expect(stated).toBeUndefined();
    expect(unknown?.rows).toContain(reason);
  });
});

describe("sizes of a server's tables, and what its statements write", () => {
  it.each(statements)("%s", async (sql, read) => {
    const { bytes, rows: stated, unknown } = await server.rehearse(sql);
    expect([unknown?.bytes, unknown?.rows]).toEqual([undefined, undefined]);
    const real = await server.written(sql);
    const expected = server.rowsOf(read);
    expect(Math.abs((stated ?? -1) - expected)).toBeLessThanOrEqual(expected / 20);
    expect(bytes).toBeGreaterThanOrEqual(0.9 * real - (real === 0 ? 0 : extension));
    expect(bytes).toBeLessThanOrEqual(1.1 * real);
  });

  it("are the same with a file of stats pull", async () => {
    expect((await server.place.run(["stats", "pull", "--quiet"])).exitCode).toBe(0);
    const sql = "ALTER TABLE orders ALTER COLUMN id TYPE bigint";
    const { bytes, rows: read, temporaryBytes } = await server.rehearse(sql);
    expect(await server.rehearse(sql, { stats: "socrates-db.stats.json" })).toMatchObject({
      bytes,
      rows: read,
      temporaryBytes,
    });
  });
});

describe("disk that statements need until the commit", () => {
  it.each([
    "CREATE INDEX ON orders (customer_id)",
    "CREATE INDEX ON orders (note)",
    "CREATE INDEX ON orders (code, created)",
    "ALTER TABLE orders ADD UNIQUE (code)",
    "ALTER TABLE orders ALTER COLUMN size TYPE integer",
    "ALTER TABLE tags SET UNLOGGED",
  ])("%s", async (sql) => {
    await server.session.run(`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET maintenance_work_mem = ''1MB''', current_database()); END $$`);
    const { temporaryBytes } = await server.rehearse(sql);
    const real = await server.temporary(sql);
    expect(real).toBeGreaterThan(1_000_000);
    expect(temporaryBytes).toBeGreaterThanOrEqual(0.9 * real);
    expect(temporaryBytes).toBeLessThanOrEqual(1.1 * real);
  });
});

describe("sizes of statements outside of transactions", () => {
  it.each([
    ["CREATE INDEX CONCURRENTLY late ON orders (created)", "late", 2],
    ["REINDEX INDEX CONCURRENTLY orders_code", "orders_code", 2],
    ["VACUUM FULL tags", "tags", 1],
    ["VACUUM FULL customers", "customers", 1],
  ])("%s", async (sql, relation, passes) => {
    const stated = await server.rehearse(sql, { outside: true });
    const { session } = server;
    await session.run(sql);
    const [row] = await session.run<{ bytes: number; table: string }>(
      `SELECT (pg_relation_size(c.oid) + CASE relkind WHEN 'r' THEN pg_indexes_size(c.oid) ELSE 0 END)::float8 AS bytes,
        coalesce(indrelid, c.oid)::regclass::text AS table FROM pg_class c LEFT JOIN pg_index ON indexrelid = c.oid WHERE c.oid = '${relation}'::regclass`,
    );
    const real = row?.bytes ?? 0;
    expect(stated.bytes).toBeGreaterThanOrEqual(0.9 * real - extension);
    expect(stated.bytes).toBeLessThanOrEqual(1.1 * real);
    const rowsOfTable = server.rowsOf([row?.table ?? ""]) * passes;
    expect(Math.abs((stated.rows ?? -1) - rowsOfTable)).toBeLessThanOrEqual(rowsOfTable / 20);
  });
});
