-- Drops maturity_tracking, quality_metrics, conflicts and questions.

DROP TABLE maturity_tracking;
DROP TABLE quality_metrics;
DROP TABLE conflicts;
DROP TABLE questions;
