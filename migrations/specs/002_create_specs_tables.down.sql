-- Drops conversation_history, specifications, sessions and projects.

DROP TABLE conversation_history;
DROP TABLE specifications;
DROP TABLE sessions;
DROP TABLE projects;
