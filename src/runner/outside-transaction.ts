import { isConnectionLoss } from "../database/connection-loss.ts";
import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { recordApplySql, recordFailureSql, recordRollbackSql, recordStartSql } from "../ledger/ledger.ts";
import { formatNumber } from "../migration-number.ts";
import type { MigrationFile } from "../migrations/files.ts";
import { type ConcurrentIndex, concurrentIndex } from "../sql/statements.ts";
import { freshSessionSql, scriptSettingsSql } from "./fresh-session.ts";
import { dropIndexes, invalidIndexes, refuseBusy, refuseInvalid } from "./half-built-index.ts";
import { reportNotices } from "./notices.ts";
import { commitsInside } from "./proof.ts";
import { type Task, taskGuardSql } from "./run-task.ts";
import { ledgerLockSql } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { unsettled } from "./settle.ts";
import { interrupted, rollBack, transactionError, withRetries } from "./transaction.ts";

/**
 * A statement outside a transaction commits before its ledger row can. So a `start` is first written to the history:
 * after a run that died in between, the next one knows that the half-built index is its own, and rebuilds it.
 */
export async function runOutsideTransaction(task: Task, settings: RunSettings): Promise<number> {
  const { session, file } = task;
  const [statement] = task.script.statements;
  if (statement === undefined) return 0;
  const index = task.direction === "up" ? concurrentIndex(statement) : undefined;
  let started = false;
  /** Whether the statement was sent. */
  let sent = false;
  /** Whether the statement has finished. */
  let ended = false;
  let others: readonly string[] = [];
  try {
    await session.run(sessionSql(task, settings));
    // An earlier attempt has left this: it could not clean up, or may have committed a part.
    if (await wasStarted(session, file)) {
      if (commitsInside(statement)) throw unsettled(file, "was started and did not finish");
      if (index !== undefined) await dropIndexes(session, await invalidIndexes(session, index));
    }
    if (index !== undefined) {
      others = await invalidIndexes(session, index);
      if (settings.rebuildInvalid) others = await dropAbandoned(task, index, others, settings);
      refuseInvalid(
        index,
        others,
        "No run of this program created it: rebuild it with --rebuild-invalid, or drop it.",
      );
    }
    await inTransaction(task, settings, recordStartSql(file, settings.toolVersion));
    started = true;
    if (settings.signal.aborted) throw interrupted();
    const start = performance.now();
    session.takeNotices();
    sent = true;
    await session.run(statement.text);
    reportNotices(task, settings);
    ended = index === undefined;
    const duration = String(Math.round(performance.now() - start));
    if (index !== undefined)
      refuseInvalid(index, await invalidIndexes(session, index), "Run the command again: it rebuilds it.");
    ended = true;
    const record = task.direction === "up" ? recordApplySql : recordRollbackSql;
    const sql = record(file, settings.toolVersion, duration);
    // A finished statement cannot be retried, but its row can.
    return await withRetries(file, settings, () =>
      inTransaction(task, settings, sql).catch(async (error: unknown) => {
        await rollBack(session, error);
        throw transactionError(error, task, settings.signal, statement);
      }),
    );
  } catch (error) {
    const failure = transactionError(error, task, settings.signal, statement);
    reportNotices(task, settings, failure);
    await rollBack(session, error);
    if (ended) throw unrecorded(file, failure);
    if (sent && commitsInside(statement)) throw unfinished(file, failure);
    if (started) await cleanUp(task, index, others, settings);
    throw failure;
  } finally {
    await session.run(freshSessionSql(session, task.lock)).catch(() => {});
  }
}

/** The error of a statement that took effect and could not be recorded; the caller handles a lost connection. */
function unrecorded(file: MigrationFile, failure: Error): Error {
  if (isConnectionLoss(failure)) return failure;
  return new SocratesError(
    "migration-interrupted",
    `${file.id} took effect, but could not be recorded: ${failure.message}`,
    {
      hint: `Run the command again. Where it asks, answer with --confirm ${formatNumber(file.number)}=done.`,
      cause: failure,
    },
  );
}

/** The error of a statement that may have committed a part before it failed. */
function unfinished(file: MigrationFile, failure: Error): Error {
  if (isConnectionLoss(failure)) return failure;
  return unsettled(file, `failed, but may already have committed a part:  ${failure.message}`, failure);
}

/**
 * CONCURRENTLY waits for other transactions without blocking them, so it may wait as long as for another runner.
 * Without a transaction, the settings are the session's.
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

/** Drops the invalid index that is in the way of a build. @throws SocratesError `lock-held` while another session builds it */
async function dropAbandoned(
  { session, file }: Task,
  index: ConcurrentIndex,
  invalid: readonly string[],
  { report }: RunSettings,
): Promise<readonly string[]> {
  if (index.name === undefined || invalid.length === 0) return invalid;
  await refuseBusy(session, index);
  await dropIndexes(session, invalid);
  report({ kind: "warning", file, message: `${file.id}: dropped the invalid index ${index.name}` });
  return [];
}

async function wasStarted(session: Session, file: MigrationFile): Promise<boolean> {
  const [last] = await session.read<{ action: string }>(
    `SELECT action FROM socrates_db.history WHERE number = ${file.number} ORDER BY id DESC LIMIT 1`,
  );
  return last?.action === "start";
}

/**
 * After a failure that the server survived: drops what is half built, and records the failure. The cause may also
 * prevent the drop; then the next run finds a start without an end, and does it.
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
    await session.run(`${beginSql} ${recordFailureSql(file, settings.toolVersion)} COMMIT`);
  } catch {
    // As above; or the connection is lost.
  }
}
