-- socrates-db: phase 3
-- Encrypted keys for language model providers, one per user and provider.

CREATE TABLE api_keys (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,
    provider VARCHAR(50) NOT NULL,  -- claude, openai, gemini, ollama
    api_key_encrypted TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    last_used_at TIMESTAMP,

    CONSTRAINT api_keys_user_fk FOREIGN KEY (user_id)
        REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_provider_valid CHECK (
        provider IN ('claude', 'openai', 'gemini', 'ollama', 'other')
    ),
    CONSTRAINT api_keys_user_provider_unique UNIQUE (user_id, provider)
);

CREATE INDEX idx_api_keys_user_id ON api_keys (user_id);
CREATE INDEX idx_api_keys_provider ON api_keys (provider);
CREATE INDEX idx_api_keys_is_active ON api_keys (is_active) WHERE is_active = true;

COMMENT ON TABLE api_keys IS 'LLM API keys per user (Phase 3: Multi-LLM support)';
COMMENT ON COLUMN api_keys.api_key_encrypted IS 'Encrypted API key (AES-256)';
