/** A schema with something of each kind that a migration can lock, and rows. */
export const base = `
CREATE TABLE shop (id int PRIMARY KEY, name varchar(50) NOT NULL, town text, opened timestamp, CONSTRAINT named CHECK (name <> ''));
CREATE TABLE item (id serial PRIMARY KEY, shop_id int CONSTRAINT item_shop REFERENCES shop (id), price numeric(8,2), sku varchar(40), note text NOT NULL DEFAULT '');
CREATE INDEX item_sku ON item (sku);
CREATE INDEX item_lower ON item (lower(sku));
CREATE UNIQUE INDEX item_code ON item (sku, id);
CREATE TABLE log (id bigint, day date NOT NULL, line text) PARTITION BY RANGE (day);
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;
CREATE INDEX log_id ON log (id);
CREATE TABLE log_2027 (id bigint, day date NOT NULL, line text);
CREATE VIEW item_list AS SELECT id, sku FROM item;
CREATE MATERIALIZED VIEW towns AS SELECT town, count(*) AS n FROM shop GROUP BY town;
CREATE UNIQUE INDEX towns_town ON towns (town);
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN grade AS int;
CREATE TABLE report (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, grade grade, mood mood, shop_id int, body text);
ALTER TABLE report ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_all ON report USING (true);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER item_stamp BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE RULE no_delete AS ON DELETE TO report DO INSTEAD NOTHING;
CREATE TABLE child (note text) INHERITS (shop);
CREATE PUBLICATION news FOR TABLE shop;
CREATE STATISTICS item_stats ON shop_id, price FROM item;
INSERT INTO shop VALUES (1, 'Mill', 'Ulm', '2026-01-01'), (2, 'Dairy', NULL, NULL);
INSERT INTO item (shop_id, price, sku) VALUES (1, 1.25, 'a'), (2, 2.5, 'b');
INSERT INTO log VALUES (1, '2025-02-02', 'x'), (2, '2024-02-02', 'y');
INSERT INTO log_2027 VALUES (3, '2027-03-03', 'z');
INSERT INTO report (grade, mood, shop_id, body) VALUES (1, 'sad', 1, 'x');
REFRESH MATERIALIZED VIEW towns;
`;

/** Statements that lock, read or rewrite what exists; each is run on the schema above. */
export const statements: readonly string[] = [
  "ALTER TABLE shop ADD COLUMN phone text",
  "ALTER TABLE shop ADD COLUMN stars int NOT NULL DEFAULT 3",
  "ALTER TABLE shop ADD COLUMN token uuid DEFAULT gen_random_uuid()",
  "ALTER TABLE item ADD COLUMN total numeric GENERATED ALWAYS AS (price * 2) STORED",
  "ALTER TABLE item ADD COLUMN number bigserial",
  "ALTER TABLE shop DROP COLUMN town CASCADE",
  "ALTER TABLE item DROP COLUMN price",
  "ALTER TABLE item ALTER COLUMN note DROP DEFAULT",
  "ALTER TABLE item ALTER COLUMN note SET DEFAULT 'none'",
  "ALTER TABLE item ALTER COLUMN sku TYPE varchar(80)",
  "ALTER TABLE item ALTER COLUMN price TYPE numeric(10,4)",
  "ALTER TABLE item ALTER COLUMN price TYPE numeric",
  "ALTER TABLE shop ALTER COLUMN opened TYPE timestamptz USING opened AT TIME ZONE 'UTC'",
  "ALTER TABLE shop ALTER COLUMN id TYPE bigint",
  "ALTER TABLE item ALTER COLUMN shop_id SET NOT NULL",
  "ALTER TABLE item ALTER COLUMN note DROP NOT NULL",
  "ALTER TABLE item ALTER COLUMN sku SET STATISTICS 500",
  "ALTER TABLE item ALTER COLUMN sku SET STORAGE EXTERNAL",
  "ALTER TABLE item ALTER COLUMN sku SET (n_distinct = 5)",
  "ALTER TABLE item ADD CONSTRAINT cheap CHECK (price < 100)",
  "ALTER TABLE item ADD CONSTRAINT cheap CHECK (price < 100) NOT VALID",
  "ALTER TABLE item ADD CONSTRAINT item_sku_key UNIQUE (sku)",
  "ALTER TABLE item ADD CONSTRAINT item_code_key UNIQUE USING INDEX item_code",
  "ALTER TABLE report ADD CONSTRAINT report_shop FOREIGN KEY (shop_id) REFERENCES shop (id)",
  "ALTER TABLE report ADD CONSTRAINT report_shop FOREIGN KEY (shop_id) REFERENCES shop (id) NOT VALID",
  "ALTER TABLE item DROP CONSTRAINT item_shop",
  "ALTER TABLE item RENAME CONSTRAINT item_shop TO item_of_shop",
  "ALTER TABLE item ALTER CONSTRAINT item_shop DEFERRABLE",
  "ALTER TABLE item RENAME TO goods",
  "ALTER TABLE item RENAME COLUMN note TO remark",
  "ALTER TABLE shop SET SCHEMA pg_catalog",
  "ALTER TABLE item SET (fillfactor = 70)",
  "ALTER TABLE item SET UNLOGGED",
  "ALTER TABLE item SET WITHOUT CLUSTER",
  "ALTER TABLE item CLUSTER ON item_sku",
  "ALTER TABLE item REPLICA IDENTITY FULL",
  "ALTER TABLE item DISABLE TRIGGER item_stamp",
  "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
  "ALTER TABLE item OWNER TO CURRENT_USER",
  "ALTER TABLE child NO INHERIT shop",
  "ALTER TABLE log ADD COLUMN kind text",
  "ALTER TABLE log ATTACH PARTITION log_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
  "ALTER TABLE log DETACH PARTITION log_2025",
  "CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
  "CREATE TABLE order_line (id int PRIMARY KEY, item_id int REFERENCES item (id))",
  "CREATE TABLE copied AS SELECT * FROM item",
  "CREATE TABLE shaped (LIKE item INCLUDING ALL)",
  "CREATE INDEX item_price ON item (price)",
  "CREATE INDEX log_line ON log (line)",
  "CREATE INDEX log_only ON ONLY log (line)",
  "CREATE UNIQUE INDEX shop_name ON shop (name)",
  "DROP INDEX item_sku",
  "ALTER INDEX item_sku RENAME TO item_by_sku",
  "ALTER INDEX item_sku SET (fillfactor = 80)",
  "REINDEX INDEX item_sku",
  "REINDEX TABLE item",
  "DROP TABLE item CASCADE",
  "DROP TABLE log_2025",
  "TRUNCATE report",
  "TRUNCATE shop CASCADE",
  "CREATE OR REPLACE VIEW item_list AS SELECT id, sku, price FROM item",
  "DROP VIEW item_list",
  "ALTER VIEW item_list RENAME TO items",
  "REFRESH MATERIALIZED VIEW towns",
  "REFRESH MATERIALIZED VIEW CONCURRENTLY towns",
  "CREATE TRIGGER shop_stamp BEFORE INSERT ON shop FOR EACH ROW EXECUTE FUNCTION stamp()",
  "DROP TRIGGER item_stamp ON item",
  "DROP FUNCTION stamp() CASCADE",
  "CREATE POLICY item_all ON item USING (true)",
  "DROP POLICY report_all ON report",
  "CREATE RULE no_update AS ON UPDATE TO item DO INSTEAD NOTHING",
  "DROP RULE no_delete ON report",
  "ALTER SEQUENCE numbers INCREMENT 5",
  "ALTER SEQUENCE item_id_seq AS bigint",
  "ALTER TABLE report ALTER COLUMN id RESTART WITH 100",
  "ALTER DOMAIN grade ADD CONSTRAINT positive CHECK (VALUE > 0)",
  "ALTER DOMAIN grade ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID",
  "ALTER DOMAIN grade SET NOT NULL",
  "ALTER TYPE mood ADD VALUE 'calm'",
  "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
  "ALTER PUBLICATION news ADD TABLE item",
  "CREATE STATISTICS shop_stats ON name, town FROM shop",
  "DROP STATISTICS item_stats",
  "COMMENT ON COLUMN item.sku IS 'as on the label'",
  "COMMENT ON INDEX item_sku IS 'by label'",
  "GRANT SELECT ON item TO PUBLIC",
  "ANALYZE item",
  "CLUSTER item USING item_sku",
  "LOCK TABLE item IN EXCLUSIVE MODE",
  "UPDATE item SET note = 'x' WHERE note = ''",
  "DELETE FROM shop WHERE id = 2",
  "INSERT INTO item (shop_id, sku) SELECT id, name FROM shop",
  "SELECT setval('numbers', 100)",
  "DO $$ BEGIN EXECUTE 'ALTER TABLE item ADD COLUMN colour text'; PERFORM count(*) FROM shop; END $$",
];
