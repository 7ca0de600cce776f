-- socrates-db: phase 2
-- Results of compatibility tests.

CREATE TABLE test_results (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    test_type VARCHAR(50) NOT NULL,  -- compatibility, integration, unit
    technology_stack JSONB NOT NULL,
    test_status VARCHAR(20) NOT NULL,  -- pending, running, passed, failed
    results JSONB,
    error_message TEXT,
    started_at TIMESTAMP NOT NULL DEFAULT NOW(),
    completed_at TIMESTAMP,

    CONSTRAINT test_results_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT test_results_status_valid CHECK (
        test_status IN ('pending', 'running', 'passed', 'failed')
    )
);

CREATE INDEX idx_test_results_project_id ON test_results (project_id);
CREATE INDEX idx_test_results_status ON test_results (test_status);
CREATE INDEX idx_test_results_started_at ON test_results (started_at DESC);

COMMENT ON TABLE test_results IS 'Real-time compatibility testing results (Design phase)';
COMMENT ON COLUMN test_results.technology_stack IS 'Technologies tested (e.g., {"python": "3.12", "postgres": "15"})';
