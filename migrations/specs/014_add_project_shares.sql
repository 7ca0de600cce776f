-- socrates-db: phase 6
-- Projects shared with teams.

CREATE TABLE project_shares (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL,
    team_id UUID NOT NULL,  -- References teams(id) in socrates_auth
    shared_by UUID NOT NULL,  -- References users(id) in socrates_auth
    permission_level VARCHAR(20) NOT NULL,  -- read, write, admin
    shared_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT project_shares_project_fk FOREIGN KEY (project_id)
        REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT project_shares_permission_valid CHECK (
        permission_level IN ('read', 'write', 'admin')
    ),
    CONSTRAINT project_shares_unique UNIQUE (project_id, team_id)
);

CREATE INDEX idx_project_shares_project_id ON project_shares (project_id);
CREATE INDEX idx_project_shares_team_id ON project_shares (team_id);
CREATE INDEX idx_project_shares_permission ON project_shares (permission_level);

COMMENT ON TABLE project_shares IS 'Project sharing with teams (Phase 6)';
