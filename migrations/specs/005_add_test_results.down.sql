-- Drops test_results.

DROP TABLE test_results;
