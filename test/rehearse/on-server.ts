import postgres from "postgres";
import { listLine } from "./project.ts";

/** What a server shows after each statement of a transaction. */
export interface Shown {
  readonly locks: string;
  readonly rewrites: string;
  readonly scans: string;
}

const before = `CREATE TEMPORARY TABLE before AS SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
  c.relkind, pg_relation_filenode(c.oid) AS node, CASE WHEN c.relkind IN ('r', 'm') THEN pg_stat_get_xact_numscans(c.oid) ELSE 0 END AS scans
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'socrates_db') AND n.nspname NOT LIKE 'pg\\_temp%' AND c.relkind <> 'c'`;

const locks = `SELECT b.name || '=' || l.mode AS item FROM pg_locks l JOIN before b ON b.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'`;

/** Tables by their oid; indexes by their name, as ALTER TABLE rebuilds them. */
const rewrites = `SELECT b.name AS item FROM before b JOIN pg_class c ON c.relkind = b.relkind JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE pg_relation_filenode(c.oid) <> b.node AND CASE WHEN b.relkind = 'i'
    THEN quote_ident(n.nspname) || '.' || quote_ident(c.relname) = b.name ELSE c.oid = b.oid END`;

const scans = `SELECT b.name AS item FROM before b JOIN pg_class c ON c.oid = b.oid
  WHERE b.relkind IN ('r', 'm') AND pg_stat_get_xact_numscans(b.oid) > b.scans`;

async function line(sql: postgres.ReservedSql, query: string): Promise<string> {
  const rows = await sql.unsafe<{ item: string }[]>(query);
  return listLine(rows.map(({ item }) => item));
}

/** Ends the measured transaction without its effects, or keeps them. */
export type Ending = "ROLLBACK" | "COMMIT";

/** Runs statements in one transaction on a server, and reads after each what its views and catalogs show. */
export async function shownBy(
  url: string,
  statements: readonly string[],
  ending: Ending = "ROLLBACK",
): Promise<Shown[]> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  const sql = await client.reserve();
  try {
    await sql.unsafe(before);
    await sql.unsafe("BEGIN");
    await sql.unsafe("SET LOCAL search_path = public");
    const shown: Shown[] = [];
    for (const statement of statements) {
      await sql.unsafe(statement);
      shown.push({
        locks: await line(sql, locks),
        rewrites: await line(sql, rewrites),
        scans: await line(sql, scans),
      });
    }
    await sql.unsafe(ending);
    return shown;
  } finally {
    sql.release();
    await client.end({ timeout: 0 });
  }
}
