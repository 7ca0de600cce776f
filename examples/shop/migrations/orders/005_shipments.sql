-- socrates-db: phase 1
CREATE TABLE shipments (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id BIGINT NOT NULL REFERENCES orders (id),
  packed_by BIGINT NOT NULL,
  shipped_at TIMESTAMPTZ
);
CREATE INDEX idx_shipments_order_id ON shipments (order_id);
CREATE INDEX idx_shipments_packed_by ON shipments (packed_by);
