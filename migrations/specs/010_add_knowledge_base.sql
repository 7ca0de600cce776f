-- socrates-db: phase 5
-- Documents that users upload to a project; 012 adds the embedding.

CREATE TABLE knowledge_base_documents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    user_id UUID NOT NULL,  -- References users(id) in socrates_auth
    filename VARCHAR(255) NOT NULL,
    file_size INTEGER NOT NULL,
    content_type VARCHAR(100) NOT NULL,
    content TEXT,
    uploaded_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT knowledge_base_documents_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX idx_knowledge_base_documents_project_id ON knowledge_base_documents (project_id);
CREATE INDEX idx_knowledge_base_documents_user_id ON knowledge_base_documents (user_id);
CREATE INDEX idx_knowledge_base_documents_uploaded_at ON knowledge_base_documents (uploaded_at DESC);

COMMENT ON TABLE knowledge_base_documents IS 'Knowledge base documents per project (Phase 5)';
