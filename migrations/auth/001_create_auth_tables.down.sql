-- Drops audit_logs, password_reset_requests, refresh_tokens and users.

DROP TABLE audit_logs;
DROP TABLE password_reset_requests;
DROP TABLE refresh_tokens;
DROP TABLE users;
