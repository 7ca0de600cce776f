import { describe, expect, it } from "vitest";
import { hazards } from "../../src/rehearse/hazards/index.ts";
import { inputs } from "./inputs.ts";
import { listLine, rehearseMigration } from "./project.ts";

const base = `
CREATE TABLE shop (id int PRIMARY KEY, name text, town text);
CREATE TABLE item (id int PRIMARY KEY, shop_id int REFERENCES shop (id), sku text, price numeric(8,2));
CREATE INDEX item_shop ON item (shop_id);
CREATE TABLE lone (id int PRIMARY KEY, note text);
CREATE TABLE log (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE VIEW shop_list AS SELECT id, name FROM shop;
CREATE MATERIALIZED VIEW towns AS SELECT town FROM shop;
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER item_stamp BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();
INSERT INTO shop VALUES (1, 'Mill', 'Ulm'), (2, 'Dairy', 'Ulm');
INSERT INTO item VALUES (1, 1, 'a', 1.5), (2, 2, 'b', 2.5);
INSERT INTO log VALUES (1, '2025-03-03');
`;

/** Migrations, and all hazards that they have; what is next to a hazard and is none has an empty list. */
const examples: readonly (readonly [sql: string, hazards: readonly string[]])[] = [
  ["ALTER TABLE lone ADD COLUMN number serial;", ["rewrite"]],
  ["ALTER TABLE lone ADD COLUMN number int;", []],
  ["ALTER TABLE lone SET LOGGED;", []],
  ["ALTER TABLE lone ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();", ["volatile-default"]],
  ["ALTER TABLE lone ADD COLUMN at timestamptz NOT NULL DEFAULT now();", []],
  ["ALTER TABLE item ALTER COLUMN sku TYPE varchar(10);", ["type-change"]],
  ["ALTER TABLE item ALTER COLUMN price TYPE numeric(10,2);", []],
  ["TRUNCATE lone;", ["truncate"]],
  ["TRUNCATE shop, item;", ["truncate"]],
  ["TRUNCATE shop CASCADE;", ["truncate-cascade"]],
  ["CLUSTER item USING item_pkey;", ["cluster"]],
  ["ALTER TABLE item CLUSTER ON item_pkey;", []],
  ["REFRESH MATERIALIZED VIEW towns;", ["refresh-not-concurrent"]],
  ["ALTER TABLE lone ADD CONSTRAINT noted CHECK (note <> '');", ["scan-under-exclusive"]],
  ["ALTER TABLE lone ADD CONSTRAINT noted CHECK (note <> '') NOT VALID;", []],
  ["ALTER TABLE item ADD CONSTRAINT item_sku UNIQUE (sku);", ["unique-without-using-index"]],
  ["CREATE UNIQUE INDEX item_sku ON item (sku);", ["index-not-concurrent"]],
  ["CREATE INDEX shop_towns ON ONLY log (id);", []],
  ["CREATE TABLE fresh (id int PRIMARY KEY, a int); CREATE INDEX fresh_a ON fresh (a);", []],
  ["DROP INDEX item_shop;", ["drop-index-not-concurrent"]],
  ["REINDEX TABLE item;", ["reindex-not-concurrent"]],
  ["ALTER TABLE item DROP COLUMN price;", ["drop-used"]],
  ["DROP VIEW shop_list;", ["drop-used"]],
  ["DROP VIEW shop_list; CREATE VIEW shop_list AS SELECT id, town FROM shop;", ["view-lock"]],
  ["CREATE OR REPLACE VIEW shop_list AS SELECT id, name, town FROM shop;", ["view-lock"]],
  ["ALTER TABLE shop DROP COLUMN name;", ["view-blocks-change"]],
  ["ALTER TABLE shop DROP COLUMN name CASCADE;", ["drop-used"]],
  ["DROP TABLE lone;", []],
  ["DROP TABLE item;", ["fk-drop-locks-referenced"]],
  ["DROP FUNCTION stamp();", ["drop-used"]],
  ["ALTER TABLE item RENAME COLUMN sku TO code;", ["rename-used"]],
  ["ALTER TABLE lone RENAME TO alone;", ["rename-used"]],
  ["ALTER SEQUENCE numbers RENAME TO counters;", ["rename-used", "sequence-lock"]],
  ["ALTER INDEX item_shop RENAME TO item_by_shop;", []],
  ["DROP TRIGGER item_stamp ON item;", ["trigger-drop-exclusive"]],
  ["ALTER TABLE item DISABLE TRIGGER item_stamp;", []],
  [
    "CREATE TRIGGER lone_stamp BEFORE UPDATE ON lone FOR EACH ROW EXECUTE FUNCTION stamp();",
    ["trigger-on-table"],
  ],
  ["CREATE POLICY all_items ON item USING (true);", ["policy-lock"]],
  ["ALTER SEQUENCE numbers INCREMENT 2;", ["sequence-lock"]],
  ["CREATE SEQUENCE others INCREMENT 2;", []],
  ["DROP TABLE log_2025;", ["partition-drop-locks-parent"]],
  [
    "CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    ["partition-of-locks-parent"],
  ],
  ["ALTER TABLE log DETACH PARTITION log_2025;", ["detach-not-concurrent"]],
  [
    "CREATE TABLE log_2026 (LIKE log INCLUDING ALL); ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    [],
  ],
  ["ALTER TABLE shop ADD COLUMN a int; ALTER TABLE lone ADD COLUMN a int;", ["several-strong-locks"]],
  ["ALTER TABLE shop ADD COLUMN a int; ALTER TABLE item ADD COLUMN a int;", []],
  ["ALTER TABLE lone ADD COLUMN a int; INSERT INTO lone VALUES (7, 'x');", []],
  ["ALTER TABLE lone ADD COLUMN a int; UPDATE lone SET a = 1;", ["ddl-with-backfill"]],
  ["UPDATE lone SET note = 'x';", []],
  ["DELETE FROM shop WHERE id = 7;", []],
  ["SET LOCAL lock_timeout = '1s'; ALTER TABLE lone ADD COLUMN a int;", []],
  ["SET LOCAL lock_timeout = 0; CREATE TABLE fresh (id int);", []],
  [
    "SET LOCAL lock_timeout = 0; CREATE INDEX lone_note ON lone (note);",
    ["index-not-concurrent", "no-lock-timeout"],
  ],
  ["CREATE TABLE IF NOT EXISTS lone (id int);", []],
  ["SET LOCAL session_replication_role = replica; SELECT 1;", []],
  ["ALTER TABLE lone ADD COLUMN a int NOT NULL;", ["data-dependent-failure", "new-required-column"]],
  ["ALTER TABLE lone ADD COLUMN a int NOT NULL DEFAULT 0;", []],
  ["ALTER TYPE mood ADD VALUE 'calm';", []],
  [
    "ALTER TYPE mood ADD VALUE 'calm'; INSERT INTO lone SELECT 1, 'calm'::mood::text;",
    ["enum-value-same-transaction"],
  ],
  ["CREATE INDEX CONCURRENTLY lone_note ON lone (note);", ["concurrent-form-refused"]],
  ["GRANT SELECT ON lone TO PUBLIC; COMMENT ON TABLE lone IS 'x';", []],
  ["DO $$ BEGIN EXECUTE 'CREATE INDEX lone_note ON lone (note)'; END $$;", ["index-not-concurrent"]],
];

describe("hazards of a migration, and what is none", () => {
  it.each(examples)("%s", async (migration, expected) => {
    const { findings, statements } = await rehearseMigration({ base, migration });
    expect(listLine(findings.map(({ code }) => code))).toBe(listLine(expected));
    for (const { location, hint, message, code } of findings) {
      expect(location).toMatchObject({ file: expect.stringContaining("002_change.sql") });
      expect(hint?.length).toBeGreaterThan(10);
      expect(message.startsWith(`${code}: `)).toBe(true);
    }
    expect(statements.length).toBeGreaterThan(0);
  });

  it("has an example of each hazard that needs no other server and no statistics", () => {
    const found = new Set([
      ...examples.flatMap(([, ids]) => ids),
      ...inputs.flatMap((input) => (input.fact("hazard", 15) ?? "").split(", ")),
    ]);
    // Tested below, and in statistics.test.ts.
    const elsewhere = new Set(["extension-upgrade", "integer-key-exhausted"]);
    const without = hazards.filter(({ id }) => !found.has(id) && !elsewhere.has(id));
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it("has the upgrade of an extension, and not one to the version that it has", async () => {
    const old = "CREATE EXTENSION hstore VERSION '1.4';";
    const migration = "ALTER EXTENSION hstore UPDATE;";
    const codes = async (sql: string) =>
      (await rehearseMigration({ base: sql, migration })).findings.map(({ code }) => code);
    expect(await codes(old)).toEqual(["extension-upgrade"]);
    expect(await codes("CREATE EXTENSION hstore;")).toEqual([]);
  });
});
