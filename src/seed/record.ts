import type { Session } from "../database/session.ts";
import { literal } from "../sql/quote.ts";
import type { Run } from "./population.ts";

/**
 * What seed has created, next to the ledger: one row per run, in the transaction of its rows. It tells seed which
 * rows are its own, as their ids follow from it, and where a run that appends begins.
 */
const createRecord = `CREATE TABLE IF NOT EXISTS socrates_db.seeds (
  id integer PRIMARY KEY,
  seed bigint NOT NULL,
  first_user integer NOT NULL,
  users integer NOT NULL,
  rows jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  done_by text NOT NULL DEFAULT session_user,
  tool_version text NOT NULL
);`;

/** One recorded run. */
export interface Recorded extends Run {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Reads the runs of seed in a database; empty if there were none. */
export async function readRecord(session: Session): Promise<readonly Recorded[]> {
  const [found] = await session.read<{ there: boolean }>(
    "SELECT to_regclass('socrates_db.seeds') IS NOT NULL AS there",
  );
  if (found?.there !== true) return [];
  const rows = await session.read<Omit<Recorded, "seed"> & { seed: string }>(
    `SELECT seed, first_user AS first, users, rows FROM socrates_db.seeds ORDER BY id`,
  );
  return rows.map((row) => ({ ...row, seed: Number(row.seed) }));
}

/** SQL that creates a missing record, and empties it if its rows no longer exist. */
export function openRecordSql(keep: boolean): string {
  return `${createRecord}${keep ? "" : " DELETE FROM socrates_db.seeds;"}`;
}

/** SQL that records a run. */
export function recordSql(run: Run, rows: ReadonlyMap<string, number>, toolVersion: string): string {
  return `INSERT INTO socrates_db.seeds (id, seed, first_user, users, rows, tool_version)
SELECT COALESCE(max(id), 0) + 1, ${run.seed}, ${run.first}, ${run.users}, ${literal(JSON.stringify(Object.fromEntries(rows)))}, ${literal(toolVersion)} FROM socrates_db.seeds;`;
}
