-- Drops the embedding column with its index.

DROP INDEX idx_knowledge_base_documents_embedding;
ALTER TABLE knowledge_base_documents DROP COLUMN embedding;
