-- Drops project_shares.

DROP TABLE project_shares;
