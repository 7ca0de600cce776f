-- socrates-db: phase 5
-- A sentence embedding per knowledge base document, indexed by cosine distance.

ALTER TABLE knowledge_base_documents ADD COLUMN embedding vector(384);

CREATE INDEX idx_knowledge_base_documents_embedding ON knowledge_base_documents
    USING ivfflat (embedding vector_cosine_ops) WITH (lists = 100);

COMMENT ON COLUMN knowledge_base_documents.embedding IS 'Sentence embedding for semantic search (384 dimensions)';
