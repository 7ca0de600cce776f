-- socrates-db: phase 4
-- Generated projects and the files they consist of.

CREATE TABLE generated_projects (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    generation_version INTEGER NOT NULL DEFAULT 1,
    total_files INTEGER NOT NULL,
    total_lines INTEGER NOT NULL,
    test_coverage DECIMAL(5,2),
    quality_score INTEGER,
    traceability_score INTEGER,  -- % of specs implemented
    download_url TEXT,
    generation_started_at TIMESTAMP NOT NULL,
    generation_completed_at TIMESTAMP,
    generation_status VARCHAR(20) NOT NULL,  -- pending, in_progress, completed, failed
    error_message TEXT,

    CONSTRAINT generated_projects_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT generated_projects_status_valid CHECK (
        generation_status IN ('pending', 'in_progress', 'completed', 'failed')
    ),
    CONSTRAINT generated_projects_version_unique UNIQUE (project_id, generation_version)
);

CREATE INDEX idx_generated_projects_project_id ON generated_projects (project_id);
CREATE INDEX idx_generated_projects_status ON generated_projects (generation_status);
CREATE INDEX idx_generated_projects_completed_at ON generated_projects (generation_completed_at DESC);

COMMENT ON TABLE generated_projects IS 'Generated project metadata (Phase 4: Project Generation)';
COMMENT ON COLUMN generated_projects.generation_version IS 'Generation version (incremental if re-generated)';

CREATE TABLE generated_files (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    generated_project_id UUID NOT NULL,
    file_path VARCHAR(500) NOT NULL,
    file_content TEXT,
    file_size INTEGER,
    spec_ids UUID[],  -- Specifications that led to this file
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT generated_files_project_fk FOREIGN KEY (generated_project_id)
        REFERENCES generated_projects (id) ON DELETE CASCADE
);

CREATE INDEX idx_generated_files_project_id ON generated_files (generated_project_id);
CREATE INDEX idx_generated_files_file_path ON generated_files (file_path);

COMMENT ON TABLE generated_files IS 'Individual generated files (Phase 4)';
COMMENT ON COLUMN generated_files.spec_ids IS 'Specifications that led to this file (traceability)';
