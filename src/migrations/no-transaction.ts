import { identifier, literal } from "../database/quote.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { type Task, taskGuardSql } from "./apply.ts";
import type { MigrationFile } from "./files.ts";
import { beginSql, freshSessionSql, scriptSettingsSql } from "./fresh-session.ts";
import { recordApplySql, recordFailureSql, recordRollbackSql, recordStartSql } from "./ledger.ts";
import { ledgerLockSql } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { type ConcurrentIndex, concurrentIndex } from "./statements.ts";
import { interrupted, rollBack, transactionError } from "./transact.ts";

/**
 * A statement that PostgreSQL runs outside a transaction commits on its own, before its ledger row can. So a `start` is
 * written to the history first: where a run died between, the next one knows that the index there is its own half-built
 * one, and builds it anew.
 */
export async function runOutsideTransaction(task: Task, settings: RunSettings): Promise<number> {
  const { session, file } = task;
  const [statement] = task.script.statements;
  if (statement === undefined) return 0;
  const index = task.direction === "up" ? concurrentIndex(statement) : undefined;
  let started = false;
  let others: readonly string[] = [];
  try {
    await session.run(sessionSql(task, settings));
    if (index !== undefined) {
      if (await wasStarted(session, file)) await dropIndexes(session, await invalidIndexes(session, index));
      others = await invalidIndexes(session, index);
      refuseInvalid(
        index,
        others,
        "It is not from a run of this program: drop it, or let whoever builds it finish.",
      );
    }
    await inTransaction(task, settings, recordStartSql(file, settings.toolVersion));
    started = true;
    if (settings.signal.aborted) throw interrupted();
    const start = performance.now();
    await session.run(statement.text);
    const duration = String(Math.round(performance.now() - start));
    if (index !== undefined)
      refuseInvalid(index, await invalidIndexes(session, index), "Run the command again: it builds it anew.");
    if (settings.signal.aborted) throw interrupted();
    const record = task.direction === "up" ? recordApplySql : recordRollbackSql;
    return await inTransaction(task, settings, record(file, settings.toolVersion, duration));
  } catch (error) {
    await rollBack(session, error);
    if (started) await cleanUp(task, index, others, settings);
    throw transactionError(error, task, settings.signal, statement);
  } finally {
    await session.run(freshSessionSql(session, task.lock)).catch(() => {});
  }
}

/**
 * CONCURRENTLY waits for others without keeping anybody out, so it may wait as long as we wait for another runner. The
 * settings are the session's, as there is no transaction to tie them to.
 */
function sessionSql({ session, lock }: Task, { lockWait, statementTimeout }: RunSettings): string {
  const timeouts = { lockTimeout: lockWait, statementTimeout };
  return `${freshSessionSql(session, lock)} ${scriptSettingsSql(timeouts, "SESSION")}`;
}

async function inTransaction(task: Task, settings: RunSettings, sql: string): Promise<number> {
  const { session, lock } = task;
  const [row] = await session.run<{ durationMs?: number }>(
    `${beginSql} ${scriptSettingsSql(settings, "LOCAL")} ${ledgerLockSql(lock)} ${taskGuardSql(task)} ${sql}`,
  );
  await session.run("COMMIT");
  return row?.durationMs ?? 0;
}

async function wasStarted(session: Session, file: MigrationFile): Promise<boolean> {
  const [last] = await session.read<{ action: string }>(
    `SELECT action FROM socrates_db.history WHERE number = ${file.number} ORDER BY id DESC LIMIT 1`,
  );
  return last?.action === "start";
}

/**
 * After a failure that the server survived: what is half-built goes, and the history says so. What was in the way of
 * building it may be in the way of dropping it, too; then the next run finds a start without an end, and does it.
 */
async function cleanUp(
  task: Task,
  index: ConcurrentIndex | undefined,
  others: readonly string[],
  settings: RunSettings,
): Promise<void> {
  const { session, file } = task;
  try {
    await session.run(`SET lock_timeout = ${settings.lockTimeout || settings.lockWait}`);
    if (index !== undefined) {
      const invalid = await invalidIndexes(session, index);
      await dropIndexes(
        session,
        invalid.filter((name) => !others.includes(name)),
      );
    }
    await session.run(recordFailureSql(file, settings.toolVersion));
  } catch {
    // As above; or the connection is gone.
  }
}

/**
 * The invalid indexes of a table that a build may have left: the one of the name, or those with a name of the form that
 * PostgreSQL gives where none is chosen. The parent of a partitioned index is none: it is invalid until it has all parts.
 */
async function invalidIndexes(session: Session, index: ConcurrentIndex): Promise<readonly string[]> {
  const named = index.name === undefined ? "c.relname ~ '_idx[0-9]*$'" : `c.relname = ${literal(index.name)}`;
  const rows = await session.read<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
     JOIN pg_namespace n ON n.oid = t.relnamespace WHERE NOT i.indisvalid AND c.relkind = 'i'
     AND n.nspname = ${literal(index.schema)} AND t.relname = ${literal(index.table)} AND ${named} ORDER BY c.relname`,
  );
  return rows.map(({ name }) => `${identifier(index.schema)}.${identifier(name)}`);
}

async function dropIndexes(session: Session, names: readonly string[]): Promise<void> {
  for (const name of names) await session.run(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/** A build that failed leaves an invalid index, which IF NOT EXISTS accepts the next time (manual, "CREATE INDEX"). */
function refuseInvalid({ name }: ConcurrentIndex, invalid: readonly string[], hint: string): void {
  if (name !== undefined && invalid.length > 0)
    throw new SocratesError("migration-failed", `the index ${name} exists, but is invalid`, { hint });
}
