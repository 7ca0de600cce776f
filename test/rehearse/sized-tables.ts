/** Tables and a materialized view with many kinds of columns and indexes. */
export const schema = `CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL, name text NOT NULL);
CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer NOT NULL, status text NOT NULL,
  total numeric(10,2), note text, created timestamptz NOT NULL, size smallint NOT NULL, code uuid NOT NULL, spare text);
CREATE INDEX orders_code ON orders (code);
CREATE INDEX orders_open ON orders (created) WHERE status = 'open';
CREATE INDEX orders_lower ON orders (lower(status));
CREATE TABLE tags (word text NOT NULL, weight double precision) WITH (fillfactor = 70);
CREATE TABLE pages (id bigint PRIMARY KEY, body text NOT NULL);
CREATE MATERIALIZED VIEW per_customer AS SELECT id, name, email FROM customers;
CREATE UNIQUE INDEX per_customer_id ON per_customer (id);`;

/**
 * Fills them up to `rows` orders, of which a tenth is deleted; their space is not part of what a rewrite writes.
 * @param from the number of the first order: the earlier ones are there
 */
export const fillSql = (rows: number, from = 1) => {
  const customers = Math.floor(rows / 3);
  return `INSERT INTO customers SELECT i, 'user' || i || '@example.com', repeat(chr(97 + i % 26), 5 + i % 20)
  FROM generate_series(${Math.floor((from - 1) / 3) + 1}, ${customers}) i;
INSERT INTO orders (customer_id, status, total, note, created, size, code)
  SELECT 1 + floor(random() * ${customers}), (ARRAY['open', 'paid', 'delivered', 'returned'])[1 + i % 4], CASE WHEN i % 10 > 0 THEN i % 100000 * 0.37 END,
    CASE WHEN i % 2 = 0 THEN repeat(md5(i::text), 1 + i % 3) END, timestamptz '2024-01-01' + i * interval '37 seconds', i % 100, gen_random_uuid()
  FROM generate_series(${from}, ${rows}) i;
DELETE FROM orders WHERE id % 10 = 3;
INSERT INTO tags SELECT 'tag' || i % 1000, random() FROM generate_series(${from}, ${rows}) i;
INSERT INTO pages SELECT i, (SELECT string_agg(md5(concat(i, k, random())), '') FROM generate_series(1, 200) k)
  FROM generate_series(${Math.floor((from - 1) / 200) + 1}, ${Math.floor(rows / 200)}) i;
REFRESH MATERIALIZED VIEW per_customer;`;
};
