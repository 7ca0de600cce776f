import { identifier, literal } from "../database/quote.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { Task } from "./apply.ts";
import type { MigrationFile } from "./files.ts";
import { recordApplySql, recordFailureSql, recordRollbackSql, recordStartSql } from "./ledger.ts";
import { guardSql, transactionSettings } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { concurrentIndex } from "./statements.ts";
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
  try {
    await session.run(sessionSettings(settings));
    if (index !== undefined) {
      if (await wasStarted(session, file)) await dropIndex(session, index);
      await refuseInvalid(
        session,
        index,
        "It is not from a run of this program: drop it, or let whoever builds it finish.",
      );
    }
    await inTransaction(task, settings, recordStartSql(file, settings.toolVersion));
    started = true;
    if (settings.signal.aborted) throw interrupted();
    const start = performance.now();
    await session.run(statement.text);
    const duration = String(Math.round(performance.now() - start));
    if (index !== undefined) await refuseInvalid(session, index, "Run the command again: it builds it anew.");
    if (settings.signal.aborted) throw interrupted();
    const record = task.direction === "up" ? recordApplySql : recordRollbackSql;
    return await inTransaction(task, settings, record(file, settings.toolVersion, duration));
  } catch (error) {
    await rollBack(session, error);
    if (started) await cleanUp(task, index, settings);
    throw transactionError(error, task, undefined, settings.signal);
  } finally {
    await session.run("RESET search_path; RESET lock_timeout; RESET statement_timeout").catch(() => {});
  }
}

/**
 * CONCURRENTLY waits for others without keeping anybody out, so it may wait as long as we wait for another runner. The
 * settings are the session's, as there is no transaction to tie them to.
 */
function sessionSettings({ lockWait, statementTimeout }: RunSettings): string {
  return `SET search_path = public, pg_temp; SET lock_timeout = ${lockWait}; SET statement_timeout = ${statementTimeout}`;
}

async function inTransaction(task: Task, settings: RunSettings, sql: string): Promise<number> {
  const { session, file, head, lock } = task;
  const guard = guardSql({
    chain: session.key,
    head,
    number: file.number,
    applied: task.direction === "down",
    lock,
  });
  const [row] = await session.run<{ durationMs?: number }>(
    `BEGIN; ${transactionSettings(settings)} ${guard} ${sql}`,
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
async function cleanUp(task: Task, index: string | undefined, settings: RunSettings): Promise<void> {
  const { session, file } = task;
  try {
    await session.run(`SET lock_timeout = ${settings.lockTimeout || settings.lockWait}`);
    if (index !== undefined && (await indexIsValid(session, index)) === false)
      await dropIndex(session, index);
    await session.run(recordFailureSql(file, settings.toolVersion));
  } catch {
    // As above; or the connection is gone.
  }
}

async function indexIsValid(session: Session, index: string): Promise<boolean | undefined> {
  const [row] = await session.read<{ valid: boolean }>(
    `SELECT i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relname = ${literal(index)}`,
  );
  return row?.valid;
}

async function dropIndex(session: Session, index: string): Promise<void> {
  await session.run(`DROP INDEX CONCURRENTLY IF EXISTS public.${identifier(index)}`);
}

/** A build that failed leaves an invalid index, which IF NOT EXISTS accepts the next time (manual, "CREATE INDEX"). */
async function refuseInvalid(session: Session, index: string, hint: string): Promise<void> {
  if ((await indexIsValid(session, index)) === false)
    throw new SocratesError("migration-failed", `the index ${index} exists, but is invalid`, {
      hint,
    });
}
