-- socrates-db: phase 0
-- Projects with their chat sessions, extracted specifications and message history.

CREATE TABLE projects (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,  -- References users(id) in socrates_auth
    name VARCHAR(255) NOT NULL,
    description TEXT,
    current_phase VARCHAR(50) NOT NULL DEFAULT 'discovery',
    maturity_score INTEGER NOT NULL DEFAULT 0,  -- 0-100
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    archived_at TIMESTAMP,

    CONSTRAINT projects_maturity_range CHECK (maturity_score >= 0 AND maturity_score <= 100),
    CONSTRAINT projects_phase_valid CHECK (
        current_phase IN ('discovery', 'analysis', 'design', 'implementation')
    )
);

CREATE INDEX idx_projects_user_id ON projects (user_id);
CREATE INDEX idx_projects_created_at ON projects (created_at DESC);
CREATE INDEX idx_projects_archived_at ON projects (archived_at) WHERE archived_at IS NULL;
CREATE INDEX idx_projects_current_phase ON projects (current_phase);

COMMENT ON TABLE projects IS 'User projects';
COMMENT ON COLUMN projects.current_phase IS 'Current workflow phase (discovery/analysis/design/implementation)';
COMMENT ON COLUMN projects.maturity_score IS 'Overall maturity score (0-100)';

CREATE TABLE sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    mode VARCHAR(50) NOT NULL DEFAULT 'socratic',  -- socratic or direct_chat
    started_at TIMESTAMP NOT NULL DEFAULT NOW(),
    ended_at TIMESTAMP,

    CONSTRAINT sessions_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT sessions_mode_valid CHECK (mode IN ('socratic', 'direct_chat'))
);

CREATE INDEX idx_sessions_project_id ON sessions (project_id);
CREATE INDEX idx_sessions_started_at ON sessions (started_at DESC);

COMMENT ON TABLE sessions IS 'Chat sessions within projects';
COMMENT ON COLUMN sessions.mode IS 'Chat mode (socratic questioning or direct chat)';

CREATE TABLE specifications (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    session_id UUID,
    category VARCHAR(100) NOT NULL,
    content TEXT NOT NULL,
    source VARCHAR(50) NOT NULL,  -- user_input, extracted, inferred
    confidence DECIMAL(3,2),  -- 0.00-1.00
    is_current BOOLEAN NOT NULL DEFAULT true,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    superseded_at TIMESTAMP,
    superseded_by UUID REFERENCES specifications (id) ON DELETE SET NULL,

    CONSTRAINT specifications_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT specifications_session_fk FOREIGN KEY (session_id)
        REFERENCES sessions (id) ON DELETE SET NULL,
    CONSTRAINT specifications_confidence_range CHECK (
        confidence IS NULL OR (confidence >= 0 AND confidence <= 1)
    )
);

CREATE INDEX idx_specifications_project_id ON specifications (project_id);
CREATE INDEX idx_specifications_category ON specifications (category);
CREATE INDEX idx_specifications_is_current ON specifications (is_current) WHERE is_current = true;
CREATE INDEX idx_specifications_created_at ON specifications (created_at DESC);

COMMENT ON TABLE specifications IS 'Extracted specifications from conversations';
COMMENT ON COLUMN specifications.confidence IS 'Confidence score (0.00-1.00) for extracted specs';
COMMENT ON COLUMN specifications.is_current IS 'Current version flag (superseded specs have false)';

CREATE TABLE conversation_history (
    id BIGSERIAL PRIMARY KEY,
    session_id UUID NOT NULL,
    role VARCHAR(20) NOT NULL,  -- user, assistant, system
    content TEXT NOT NULL,
    metadata JSONB,
    timestamp TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT conversation_history_session_fk FOREIGN KEY (session_id)
        REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT conversation_history_role_valid CHECK (
        role IN ('user', 'assistant', 'system')
    )
);

CREATE INDEX idx_conversation_history_session_id ON conversation_history (session_id);
CREATE INDEX idx_conversation_history_timestamp ON conversation_history (timestamp);

COMMENT ON TABLE conversation_history IS 'Complete conversation history for all sessions';
COMMENT ON COLUMN conversation_history.role IS 'Message role (user/assistant/system)';
