-- Drops user_rules.

DROP TABLE user_rules;
