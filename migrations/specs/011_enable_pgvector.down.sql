-- Removes pgvector.

DROP EXTENSION vector;
