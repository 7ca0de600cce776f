-- socrates-db: phase 5
-- What is learned about users, and how well questions work for them.

CREATE TABLE user_behavior_patterns (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,  -- References users(id) in socrates_auth
    pattern_type VARCHAR(50) NOT NULL,
    pattern_data JSONB NOT NULL,
    confidence DECIMAL(3,2) NOT NULL,  -- 0.00-1.00
    learned_from_projects UUID[],
    learned_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT user_behavior_patterns_confidence_range CHECK (
        confidence >= 0 AND confidence <= 1
    )
);

CREATE INDEX idx_user_behavior_patterns_user_id ON user_behavior_patterns (user_id);
CREATE INDEX idx_user_behavior_patterns_type ON user_behavior_patterns (pattern_type);
CREATE INDEX idx_user_behavior_patterns_confidence ON user_behavior_patterns (confidence DESC);

COMMENT ON TABLE user_behavior_patterns IS 'Learned user behavior patterns (Phase 5: User Learning)';
COMMENT ON COLUMN user_behavior_patterns.pattern_type IS 'Pattern type (e.g., communication_style, detail_level)';

CREATE TABLE question_effectiveness (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,  -- References users(id) in socrates_auth
    question_template_id VARCHAR(100) NOT NULL,
    role VARCHAR(50) NOT NULL,
    times_asked INTEGER NOT NULL DEFAULT 0,
    times_answered_well INTEGER NOT NULL DEFAULT 0,
    average_answer_length INTEGER,
    average_spec_extraction_count DECIMAL(5,2),
    effectiveness_score DECIMAL(3,2),  -- 0.00-1.00
    last_asked_at TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),

    CONSTRAINT question_effectiveness_score_range CHECK (
        effectiveness_score IS NULL OR (effectiveness_score >= 0 AND effectiveness_score <= 1)
    ),
    CONSTRAINT question_effectiveness_unique UNIQUE (user_id, question_template_id)
);

CREATE INDEX idx_question_effectiveness_user_id ON question_effectiveness (user_id);
CREATE INDEX idx_question_effectiveness_role ON question_effectiveness (role);
CREATE INDEX idx_question_effectiveness_score ON question_effectiveness (effectiveness_score DESC);

COMMENT ON TABLE question_effectiveness IS 'Question effectiveness tracking per user (Phase 5)';
COMMENT ON COLUMN question_effectiveness.effectiveness_score IS 'How effective question is for this user (0.00-1.00)';
