-- Drops llm_usage_tracking.

DROP TABLE llm_usage_tracking;
