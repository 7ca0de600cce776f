import type { Session } from "../database/session.ts";
import type { MigrationFile, Script } from "./files.ts";
import { recordApplySql, recordNextSql, recordRollbackSql } from "./ledger.ts";
import { awaitLedger } from "./lock.ts";
import { runOutsideTransaction } from "./no-transaction.ts";
import { guardSql, scriptSql, transactionSettings } from "./script-sql.ts";
import { type Direction, type RunSettings, waitFor } from "./settings.ts";
import { interrupted, refuseTruncation, rollBack, transactionError, withRetries } from "./transact.ts";

/** One migration to run on one database, in one direction. */
export interface Task {
  readonly session: Session;
  readonly file: MigrationFile;
  readonly script: Script;
  readonly direction: Direction;
  /** The number at the head of the ledger before it. */
  readonly head: number | null;
  /** Whether this backend holds the advisory lock; see `Guard`. */
  readonly lock: boolean;
  /** SQL that ends the transaction where going on would lose rows; see `lossGuardSql`. */
  readonly lossGuard?: string;
  /** The number of the migration that stands before it in the same message. */
  readonly previous?: number;
}

/** Runs one task, once, and returns its duration in milliseconds. */
export type TaskRunner = (task: Task, settings: RunSettings) => Promise<number>;

function recordSql({ file, direction, previous }: Task, toolVersion: string): string {
  if (direction === "down") return recordRollbackSql(file, toolVersion);
  return previous === undefined
    ? recordApplySql(file, toolVersion)
    : recordNextSql(file, toolVersion, previous);
}

/** The statements of one task up to its ledger row, without BEGIN and COMMIT. */
export function taskSql(task: Task, toolVersion: string): { sql: string; lines: readonly number[] } {
  const { file, script, direction, head, lock, session, lossGuard = "" } = task;
  const guard = guardSql({
    chain: session.key,
    head,
    number: file.number,
    applied: direction === "down",
    // A message is run by one backend: what it holds at the first of its migrations, it holds at all.
    lock: lock && task.previous === undefined,
  });
  const { sql, lines } = scriptSql(script);
  // A script may leave another role or settings behind; the ledger is written as who we are.
  return { sql: `${guard}\n${lossGuard}\n${sql}\nRESET ROLE;\n${recordSql(task, toolVersion)}`, lines };
}

/**
 * Runs a migration and writes its ledger row, both or neither: in one transaction, after a re-check of the ledger inside it.
 * @returns milliseconds that it took in the server
 * @throws Overtaken where another runner was faster; SocratesError otherwise
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
  const { session, script } = task;
  const { sql, lines } = taskSql(task, settings.toolVersion);
  session.takeNotices();
  try {
    const [row] = await session.run<{ durationMs: number }>(
      `BEGIN; ${transactionSettings(settings, task.lock)}\n${sql}`,
    );
    refuseTruncation(session, script);
    if (settings.signal.aborted) throw interrupted();
    await session.run("COMMIT");
    return row?.durationMs ?? 0;
  } catch (error) {
    await rollBack(session, error);
    throw transactionError(error, task, lines, settings.signal);
  }
}
