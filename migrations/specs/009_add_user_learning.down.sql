-- Drops question_effectiveness and user_behavior_patterns.

DROP TABLE question_effectiveness;
DROP TABLE user_behavior_patterns;
