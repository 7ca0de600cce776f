import type { Session } from "../database/session.ts";

/** The server's statistics on one index, including primary keys. */
export interface IndexUsage {
  /** `schema.table.index`. */
  readonly name: string;
  readonly scans: number;
  /** Start of the server's statistics; null if unknown. */
  readonly since: Date | null;
  /** The planner's estimate of the table's rows; -1 if it was never analysed. */
  readonly rows: number;
  /** Pages of 8 kB. */
  readonly pages: number;
  /** Average bytes of a key; null if the statistics do not have it. */
  readonly keyWidth: number | null;
  readonly method: string;
  /** Whether it is being built. */
  readonly building: boolean;
  /** `lists` of an ivfflat index. */
  readonly lists: number | null;
}

/** Sizes and counters (manual, sections 27.2 and 53.11). Widths come from the table's statistics. */
const usageQuery = `SELECT n.nspname || '.' || t.relname || '.' || i.relname AS name, COALESCE(s.idx_scan, 0)::float8 AS scans,
  COALESCE(d.stats_reset, pg_postmaster_start_time()) AS since, t.reltuples::float8 AS rows, i.relpages::float8 AS pages, m.amname AS method,
  EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid) AS building,
  (SELECT sum(st.stawidth)::float8 FROM unnest(x.indkey::int2[]) k JOIN pg_statistic st ON st.starelid = x.indrelid AND st.staattnum = k AND NOT st.stainherit) AS "keyWidth",
  (SELECT option_value::float8 FROM pg_options_to_table(i.reloptions) WHERE option_name = 'lists') AS lists
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_am m ON m.oid = i.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.oid
LEFT JOIN pg_stat_database d ON d.datname = current_database()
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'socrates_db')
ORDER BY 1`;

/** The same without widths, for roles that may not read all tables' statistics. */
const publicUsageQuery = usageQuery.replace(
  /\(SELECT sum[\s\S]*?AS "keyWidth"/,
  'NULL::float8 AS "keyWidth"',
);

/** Reads size and use of all indexes of a database, by name. */
export async function readIndexUsage(session: Session): Promise<ReadonlyMap<string, IndexUsage>> {
  const rows = await session
    .read<IndexUsage>(usageQuery)
    .catch(() => session.read<IndexUsage>(publicUsageQuery));
  return new Map(rows.map((row) => [row.name, row]));
}
