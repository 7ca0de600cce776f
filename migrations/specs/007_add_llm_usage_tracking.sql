-- socrates-db: phase 3
-- Tokens, cost and latency of every language model call.

CREATE TABLE llm_usage_tracking (
    id BIGSERIAL PRIMARY KEY,
    user_id UUID NOT NULL,  -- References users(id) in socrates_auth
    project_id UUID,
    session_id UUID,
    provider VARCHAR(50) NOT NULL,
    model VARCHAR(100) NOT NULL,
    tokens_input INTEGER NOT NULL,
    tokens_output INTEGER NOT NULL,
    tokens_total INTEGER NOT NULL,
    cost_usd DECIMAL(10,6),
    latency_ms INTEGER,
    timestamp TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT llm_usage_tracking_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE SET NULL,
    CONSTRAINT llm_usage_tracking_session_fk FOREIGN KEY (session_id)
        REFERENCES sessions (id) ON DELETE SET NULL
);

CREATE INDEX idx_llm_usage_tracking_user_id ON llm_usage_tracking (user_id);
CREATE INDEX idx_llm_usage_tracking_project_id ON llm_usage_tracking (project_id);
CREATE INDEX idx_llm_usage_tracking_provider ON llm_usage_tracking (provider);
CREATE INDEX idx_llm_usage_tracking_timestamp ON llm_usage_tracking (timestamp DESC);

COMMENT ON TABLE llm_usage_tracking IS 'LLM API usage tracking for cost monitoring (Phase 3)';
COMMENT ON COLUMN llm_usage_tracking.cost_usd IS 'Estimated cost in USD';
