import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { open } from "../../src/index.ts";
import type { RehearsedStatement } from "../../src/rehearse/statements.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { plannedStatements, tablesReadOn } from "./planned-rows.ts";
import { isRehearsal } from "./project.ts";

/** A million rows with SOCRATES_DB_TEST_FULL=1, otherwise as many as the pages of a file do not blur. */
const rows = process.env["SOCRATES_DB_TEST_FULL"] === "1" ? 1_000_000 : 60_000;
const customers = Math.floor(rows / 3);

const schema = `CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL, name text NOT NULL);
CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer NOT NULL, status text NOT NULL,
  total numeric(10,2), note text, created timestamptz NOT NULL, size smallint NOT NULL, code uuid NOT NULL, spare text);
CREATE INDEX orders_code ON orders (code);
CREATE INDEX orders_open ON orders (created) WHERE status = 'open';
CREATE INDEX orders_lower ON orders (lower(status));
CREATE TABLE tags (word text NOT NULL, weight double precision) WITH (fillfactor = 70);
CREATE TABLE pages (id bigint PRIMARY KEY, body text NOT NULL);
CREATE MATERIALIZED VIEW per_customer AS SELECT id, name, email FROM customers;
CREATE UNIQUE INDEX per_customer_id ON per_customer (id);`;

/** A tenth of the orders is deleted: their space is not part of what is written. */
const fill = `INSERT INTO customers SELECT i, 'user' || i || '@example.com', repeat(chr(97 + i % 26), 5 + i % 20) FROM generate_series(1, ${customers}) i;
INSERT INTO orders (customer_id, status, total, note, created, size, code)
  SELECT 1 + floor(random() * ${customers}), (ARRAY['open', 'paid', 'delivered', 'returned'])[1 + i % 4], CASE WHEN i % 10 > 0 THEN i % 100000 * 0.37 END,
    CASE WHEN i % 2 = 0 THEN repeat(md5(i::text), 1 + i % 3) END, timestamptz '2024-01-01' + i * interval '37 seconds', i % 100, gen_random_uuid()
  FROM generate_series(1, ${rows}) i;
DELETE FROM orders WHERE id % 10 = 3;
INSERT INTO tags SELECT 'tag' || i % 1000, random() FROM generate_series(1, ${rows}) i;
INSERT INTO pages SELECT i, (SELECT string_agg(md5(concat(i, k, random())), '') FROM generate_series(1, 200) k) FROM generate_series(1, ${rows / 200}) i;
REFRESH MATERIALIZED VIEW per_customer;`;

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

/** Files of a database: tables, indexes and TOAST tables, by the number of the file. */
const files = `SELECT pg_relation_filenode(oid)::int8::float8 AS node, pg_relation_size(oid)::float8 AS bytes FROM pg_class
WHERE relkind IN ('r', 'm', 'i', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND oid >= 16384`;

interface File {
  readonly node: number;
  readonly bytes: number;
}

let place: Place;
let session: Session;
const counts = new Map<string, number>();

beforeAll(async () => {
  place = await makePlace("server", {
    databases: [{ key: "app", name: "app", urlVariable: "DATABASE_URL_APP" }],
  });
  mkdirSync(path.join(place.folder, "m"));
  writeFileSync(path.join(place.folder, "m/001_base.sql"), `-- socrates-db: phase 0\n${schema}`);
  writeFileSync(
    path.join(place.folder, "socrates-db.config.json"),
    JSON.stringify({ databases: { app: { migrations: "m" } } }),
  );
  expect((await place.run(["migrate", "--quiet"])).exitCode).toBe(0);
  session = await connectTo(place, "app");
  await session.run(fill);
  await session.run("ANALYZE");
  for (const table of ["customers", "orders", "tags", "pages"]) {
    const [{ count } = { count: 0 }] = await session.run<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    counts.set(table, count);
  }
});
afterAll(async () => {
  await session.close();
  await place.dispose();
});

async function rehearse(sql: string, stats?: string): Promise<RehearsedStatement> {
  const file = path.join(place.folder, "change.sql");
  writeFileSync(file, `${sql};\n`);
  const env = stats === undefined ? place.env : {};
  const project = await open({ cwd: place.folder, env });
  try {
    const result = await project.rehearse({ files: [file], ...(stats !== undefined && { stats }) });
    if (!isRehearsal(result)) throw new Error("the result is not a rehearsal");
    const [statement] = result.statements;
    if (statement === undefined) throw new Error("no statement");
    return statement;
  } finally {
    await project.close();
  }
}

/** The size of the files that a statement writes on the server. */
async function written(sql: string): Promise<number> {
  const before = new Set((await session.run<File>(files)).map(({ node }) => node));
  try {
    await session.run(`BEGIN; ${sql}`);
    const after = await session.run<File>(files);
    return after.reduce((sum, { node, bytes }) => (before.has(node) ? sum : sum + bytes), 0);
  } finally {
    await session.run("ROLLBACK");
  }
}

/** Since PostgreSQL 16, a table that grows gets up to 64 blocks at once, the last of which may stay empty. */
const extension = inject("server").version < 160_000 ? 0 : 64 * 8192;

describe("rows that statements with a plan read", () => {
  it.each(plannedStatements)("%s", async (sql) => {
    const { rows: stated, unknown } = await rehearse(sql);
    expect(unknown?.rows).toBeUndefined();
    const tables = await tablesReadOn(session, sql);
    const real = tables.reduce((sum, table) => sum + (counts.get(table) ?? 0), 0);
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
    const { rows: stated, unknown } = await rehearse(sql);
    expect(stated).toBeUndefined();
    expect(unknown?.rows).toContain(reason);
  });
});

describe("sizes of a server's tables, and what its statements write", () => {
  it.each(statements)("%s", async (sql, read) => {
    const { bytes, rows: stated, unknown } = await rehearse(sql);
    expect([unknown?.bytes, unknown?.rows]).toEqual([undefined, undefined]);
    const real = await written(sql);
    const expected = read.reduce((sum, table) => sum + (counts.get(table) ?? 0), 0);
    expect(Math.abs((stated ?? -1) - expected)).toBeLessThanOrEqual(expected / 20);
    expect(bytes).toBeGreaterThanOrEqual(0.9 * real - (real === 0 ? 0 : extension));
    expect(bytes).toBeLessThanOrEqual(1.1 * real);
  });

  it("are the same with a file of stats pull", async () => {
    expect((await place.run(["stats", "pull", "--quiet"])).exitCode).toBe(0);
    const sql = "ALTER TABLE orders ALTER COLUMN id TYPE bigint";
    const { bytes, rows: read, temporaryBytes } = await rehearse(sql);
    expect(await rehearse(sql, "socrates-db.stats.json")).toMatchObject({
      bytes,
      rows: read,
      temporaryBytes,
    });
  });
});
