-- socrates-db: phase 6
-- Teams, their members and their invitations.

CREATE TABLE teams (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    created_by UUID NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT teams_created_by_fk FOREIGN KEY (created_by)
        REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX idx_teams_created_by ON teams (created_by);
CREATE INDEX idx_teams_created_at ON teams (created_at DESC);

COMMENT ON TABLE teams IS 'Teams for collaborative projects (Phase 6: Team Collaboration)';

CREATE TABLE team_members (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id UUID NOT NULL,
    user_id UUID NOT NULL,
    role VARCHAR(50) NOT NULL,  -- owner, lead, developer, viewer
    joined_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT team_members_team_fk FOREIGN KEY (team_id)
        REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT team_members_user_fk FOREIGN KEY (user_id)
        REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT team_members_role_valid CHECK (
        role IN ('owner', 'lead', 'developer', 'viewer')
    ),
    CONSTRAINT team_members_unique UNIQUE (team_id, user_id)
);

CREATE INDEX idx_team_members_team_id ON team_members (team_id);
CREATE INDEX idx_team_members_user_id ON team_members (user_id);
CREATE INDEX idx_team_members_role ON team_members (role);

COMMENT ON TABLE team_members IS 'Team membership with roles (Phase 6)';
COMMENT ON COLUMN team_members.role IS 'Member role (owner/lead/developer/viewer)';

CREATE TABLE team_invitations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id UUID NOT NULL,
    invited_by UUID NOT NULL,
    invited_email VARCHAR(255) NOT NULL,
    role VARCHAR(50) NOT NULL,
    token VARCHAR(255) NOT NULL UNIQUE,
    expires_at TIMESTAMP NOT NULL,
    accepted BOOLEAN NOT NULL DEFAULT false,
    accepted_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT team_invitations_team_fk FOREIGN KEY (team_id)
        REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT team_invitations_invited_by_fk FOREIGN KEY (invited_by)
        REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT team_invitations_role_valid CHECK (
        role IN ('lead', 'developer', 'viewer')
    )
);

CREATE INDEX idx_team_invitations_team_id ON team_invitations (team_id);
CREATE INDEX idx_team_invitations_token ON team_invitations (token);
CREATE INDEX idx_team_invitations_accepted ON team_invitations (accepted) WHERE accepted = false;

COMMENT ON TABLE team_invitations IS 'Team invitations (Phase 6)';
