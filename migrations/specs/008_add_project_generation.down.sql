-- Drops generated_files and generated_projects.

DROP TABLE generated_files;
DROP TABLE generated_projects;
