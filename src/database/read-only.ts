/** Values are read as text, so their formats are pinned. */
const formats = [
  "SET LOCAL DateStyle = 'ISO, YMD'",
  "SET LOCAL IntervalStyle = postgres",
  "SET LOCAL TimeZone = 'UTC'",
  "SET LOCAL bytea_output = hex",
  "SET LOCAL extra_float_digits = 1",
];

/** Begins the transaction of one catalog query, with settings that every server knows. */
export const readPrefix = `${[
  "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
  "SET LOCAL search_path = pg_catalog, pg_temp",
  "SET LOCAL statement_timeout = '25s'",
  "SET LOCAL lock_timeout = '20s'",
  ...formats,
].join("; ")}; `;

/**
 * The text of deparsed expressions depends on settings of the session, so these are pinned (manual, section 20.11.2).
 * With jit, PostgreSQL would compile catalog queries for longer than they run.
 */
export const readSettings = [
  "SET LOCAL search_path = pg_catalog, pg_temp",
  "SET LOCAL statement_timeout = '55s'",
  "SET LOCAL lock_timeout = '20s'",
  "SET LOCAL jit = off",
  "SET LOCAL quote_all_identifiers = off",
  "SET LOCAL standard_conforming_strings = on",
  ...formats,
];

/** Begins the transaction of queries that read the same state. */
export const snapshotPrefix = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ...readSettings].join("; ");
