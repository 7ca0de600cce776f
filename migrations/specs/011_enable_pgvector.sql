-- socrates-db: phase 5
-- The vector type of pgvector, for semantic search.

CREATE EXTENSION IF NOT EXISTS vector;
