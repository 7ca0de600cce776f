import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
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

/** A failed build leaves an invalid index, which IF NOT EXISTS accepts the next time (manual, "CREATE INDEX"). */
export function refuseInvalid({ name }: ConcurrentIndex, invalid: readonly string[], hint: string): void {
  if (name !== undefined && invalid.length > 0)
    throw new SocratesError("migration-failed", `the index ${name} exists, but is invalid`, { hint });
}
