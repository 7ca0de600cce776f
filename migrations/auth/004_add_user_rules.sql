-- socrates-db: phase 1
-- One set of quality rules per user.

CREATE TABLE user_rules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,
    rules JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT user_rules_user_fk FOREIGN KEY (user_id)
        REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_rules_user_unique UNIQUE (user_id)
);

CREATE INDEX idx_user_rules_user_id ON user_rules (user_id);

COMMENT ON TABLE user_rules IS 'User-defined rules for Quality Control system';
COMMENT ON COLUMN user_rules.rules IS 'Rules as JSON (e.g., {"prefer_postgres": true})';
