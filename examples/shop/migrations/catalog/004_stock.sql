-- socrates-db: phase 1
CREATE TABLE stock (
  product_id BIGINT PRIMARY KEY REFERENCES products (id),
  quantity INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0)
);
