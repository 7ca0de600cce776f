import type { Session } from "../database/session.ts";

/**
 * Reading whole tables may take long, and may sort: without the limits that a role's defaults set for the
 * application, and without hidden rows (manual, section 5.9: `row_security = off` makes a filtered read an error).
 */
const prefix = [
  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
  "SET LOCAL search_path = pg_catalog, pg_temp",
  "SET LOCAL statement_timeout = '30min'",
  "SET LOCAL lock_timeout = '20s'",
  "SET LOCAL row_security = off",
  "SET LOCAL work_mem = '64MB'",
  "SET LOCAL jit = off",
  "SET LOCAL bytea_output = hex",
].join("; ");

/** Runs one query that may read whole tables, in a separate read-only transaction with its snapshot. */
export async function fullRead<Row extends object>(session: Session, query: string): Promise<readonly Row[]> {
  try {
    return await session.run<Row>(`${prefix}; ${query}; COMMIT`);
  } catch (error) {
    await session.run("ROLLBACK").catch(() => {});
    throw error;
  }
}
