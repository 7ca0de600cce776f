-- Drops team_invitations, team_members and teams.

DROP TABLE team_invitations;
DROP TABLE team_members;
DROP TABLE teams;
