-- Drops knowledge_base_documents.

DROP TABLE knowledge_base_documents;
