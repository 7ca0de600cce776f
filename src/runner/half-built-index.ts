import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { describeHolder, type LockHolder } from "../ledger/advisory-lock.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { ConcurrentIndex } from "../sql/statements.ts";

/**
 * The invalid indexes of a table that a failed build may have left: the one of the name, or those with a generated
 * name. The parent of a partitioned index is not one: it is invalid until it has all parts.
 */
export async function invalidIndexes(session: Session, index: ConcurrentIndex): Promise<readonly string[]> {
  const named = index.name === undefined ? "c.relname ~ '_idx[0-9]*$'" : `c.relname = ${literal(index.name)}`;
  const rows = await session.read<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
     JOIN pg_namespace n ON n.oid = t.relnamespace WHERE NOT i.indisvalid AND c.relkind = 'i'
     AND n.nspname = ${literal(index.schema)} AND t.relname = ${literal(index.table)} AND ${named} ORDER BY c.relname`,
  );
  return rows.map(({ name }) => `${identifier(index.schema)}.${identifier(name)}`);
}

/** Drops half-built indexes. @param names as SQL */
export async function dropIndexes(session: Session, names: readonly string[]): Promise<void> {
  for (const name of names) await session.run(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/**
 * Refuses to drop an invalid index while its table has a build, which may be its own.
 * @throws SocratesError `lock-held`, with the session that builds
 */
export async function refuseBusy(session: Session, { schema, table, name }: ConcurrentIndex): Promise<void> {
  const [holder] = await session.read<LockHolder>(
    `SELECT a.pid, a.application_name AS application, a.usename AS "user" FROM pg_stat_progress_create_index p
     JOIN pg_stat_activity a ON a.pid = p.pid JOIN pg_class t ON t.oid = p.relid JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE p.datname = current_database() AND n.nspname = ${literal(schema)} AND t.relname = ${literal(table)}`,
  );
  if (holder !== undefined)
    throw new SocratesError(
      "lock-held",
      `the index ${name} is invalid, and ${describeHolder(holder)} builds an index of ${table} now`,
      { hint: "Wait until that build has finished, and run the command again." },
    );
}

/** A failed build leaves an invalid index, which IF NOT EXISTS accepts the next time (manual, "CREATE INDEX"). */
export function refuseInvalid({ name }: ConcurrentIndex, invalid: readonly string[], hint: string): void {
  if (name !== undefined && invalid.length > 0)
    throw new SocratesError("migration-failed", `the index ${name} exists, but is invalid`, { hint });
}
