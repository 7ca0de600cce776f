import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { awaitLedger } from "../ledger/advisory-lock.ts";
import { recordApplySql, recordRollbackSql } from "../ledger/ledger.ts";
import type { MigrationFile, Script } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";
import { recordExtensionsSql } from "../project/extensions.ts";
import { reportNotices } from "./notices.ts";
import { runOutsideTransaction } from "./outside-transaction.ts";
import { guardSql, ledgerLockSql, scriptSql } from "./script-sql.ts";
import { type RunSettings, waitFor } from "./settings.ts";
import { interrupted, rollBack, transactionError, withRetries } from "./transaction.ts";

/** One migration to run on one database, in one direction. */
export interface Task {
  readonly session: Session;
  readonly file: MigrationFile;
  readonly script: Script;
  readonly direction: Direction;
  /** The last number in the ledger before it. */
  readonly head: number | null;
  /** Whether this backend holds the advisory lock; see `Guard`. */
  readonly lock: boolean;
  /** SQL that ends the transaction if rows would be lost; see `lossGuardSql`. */
  readonly lossGuard?: string;
  /** What its session last waited for; see `watchLocks`. */
  readonly blocked?: () => string | undefined;
}

/** Runs one task, once, and returns its duration in milliseconds. */
export type TaskRunner = (task: Task, settings: RunSettings) => Promise<number>;

/** The guard of one task; see `guardSql`. */
export function taskGuardSql({ file, direction, head, lock, session }: Task): string {
  return guardSql({ chain: session.key, head, number: file.number, applied: direction === "down", lock });
}

/** SQL of one task from its locks to its ledger row, without BEGIN and COMMIT: the same in every mode. */
export function taskSql(task: Task, settings: RunSettings): string {
  const { session, file, script, direction, lock, lossGuard = "" } = task;
  const extensions = direction === "up" ? recordExtensionsSql(file, script) : "";
  const before = `${ledgerLockSql(lock)}\n${taskGuardSql(task)}\n${lossGuard}${extensions}`;
  const record = direction === "down" ? recordRollbackSql : recordApplySql;
  return `${scriptSql(session, script, settings, lock, before)}\n${record(file, settings.toolVersion)}`;
}

/**
 * Runs a migration and writes its ledger row in one transaction, after a re-check of the ledger inside it.
 * @returns duration in the server, in milliseconds
 * @throws Overtaken if another runner did it first; SocratesError otherwise
 */
export async function runTask(task: Task, settings: RunSettings): Promise<number> {
  return withRetries(task.file, settings, async () => {
    if (!task.lock) await awaitLedger(task.session, waitFor(task.session.key, settings));
    return task.script.noTransaction
      ? runOutsideTransaction(task, settings)
      : runInTransaction(task, settings);
  });
}

async function runInTransaction(task: Task, settings: RunSettings): Promise<number> {
  const { session } = task;
  session.takeNotices();
  try {
    const [row] = await session.run<{ durationMs: number }>(`${beginSql} ${taskSql(task, settings)}`);
    reportNotices(task, settings);
    if (settings.signal.aborted) throw interrupted();
    await session.run("COMMIT");
    return row?.durationMs ?? 0;
  } catch (error) {
    const failure = transactionError(error, task, settings.signal);
    reportNotices(task, settings, failure);
    await rollBack(session, error);
    throw failure;
  }
}
