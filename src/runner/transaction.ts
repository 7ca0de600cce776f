import { isConnectionLoss } from "../database/connection-loss.ts";
import { sleep } from "../database/deadline.ts";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { MigrationFile } from "../migrations/files.ts";
import { displayPath } from "../sql/source-file.ts";
import type { Statement } from "../sql/statements.ts";
import type { Task } from "./run-task.ts";
import { verdictOf } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { migrationError } from "./sql-error.ts";

/** Thrown if another runner has moved the ledger: it must be read again first. */
export class Overtaken extends Error {}

/** The error of a run that its user interrupted. */
export function interrupted(): SocratesError {
  return new SocratesError("interrupted", "interrupted: the current transaction was rolled back", {
    hint: "Run the command again to continue from where it stopped.",
  });
}

/**
 * Turns any error of a migration's transaction into a typed one, or `Overtaken`; a lost connection passes through.
 * @param sent the statement if it was sent as it is, outside a transaction
 */
export function transactionError(
  error: unknown,
  { script, lock, blocked }: Task,
  signal: AbortSignal,
  sent?: Statement,
): Error {
  if (!isServerError(error)) return error instanceof Error ? error : new Error(String(error));
  const verdict = verdictOf(error);
  if (verdict === "done" || (verdict === "moved" && !lock)) return new Overtaken();
  if (verdict === "lock-lost" || verdict === "moved")
    return new SocratesError(
      "lock-lost",
      `${displayPath(script.source.path)} was not run: ${error.message}`,
      {
        hint: "Another runner or user changed the database in the meantime: check socrates-db status, then run the command again.",
        cause: error,
      },
    );
  if (verdict === "rows-found")
    return dataLoss(`${displayPath(script.source.path)} was not run: ${error.message}`);
  if (signal.aborted && error.code === "57014") return interrupted();
  const failure = migrationError(error, script, sent);
  const by = failure.code === "lock-timeout" ? blocked?.() : undefined;
  return by === undefined ? failure : failure.with({ message: `${failure.message}; ${by}` });
}

/** The refusal to drop what holds rows. */
export function dataLoss(message: string): SocratesError {
  return new SocratesError("data-loss", message, {
    hint: "Save the rows first, or add --allow-data-loss to drop them.",
  });
}

/**
 * Backoff before attempt number `attempt`, in milliseconds: 100, 200, 400 … up to 5 s, plus up to as much at random.
 */
function backoff(attempt: number): number {
  return Math.min(5_000, 100 * 2 ** (attempt - 1)) * (1 + Math.random());
}

/**
 * Runs `work`; after a lock timeout it rolls back and retries, as often as the settings say. While it waits, no lock
 * is held and no transaction is open, so that nothing queues behind it.
 */
export async function withRetries<T>(
  file: MigrationFile,
  settings: RunSettings,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const again =
        error instanceof SocratesError && error.code === "lock-timeout" && attempt <= settings.retries;
      if (!again) throw error;
      settings.report({ kind: "retry", file, attempt, attempts: settings.retries, reason: error.message });
      await sleep(backoff(attempt), settings.signal).catch(() => {
        throw interrupted();
      });
    }
  }
}

/** Rolls back after a failure, unless the connection and the transaction were lost. */
export async function rollBack(session: Session, error: unknown): Promise<void> {
  if (!isConnectionLoss(error)) await session.run("ROLLBACK").catch(() => {});
  session.takeNotices();
}
