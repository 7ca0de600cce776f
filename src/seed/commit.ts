import { isConnectionLoss } from "../database/connection-loss.ts";
import { SocratesError } from "../errors.ts";
import { lockHeldCondition } from "../ledger/advisory-lock.ts";
import { reconnect } from "../runner/lost-commit.ts";
import { interrupted } from "../runner/transaction.ts";
import type { LockedDatabase } from "../runner/with-locks.ts";
import type { Run } from "./population.ts";
import { readRecord } from "./record.ts";

async function checkLocksHeld(databases: readonly LockedDatabase[]): Promise<void> {
  for (const { session } of databases) {
    const [row] = await session.run<{ held: boolean }>(`SELECT ${lockHeldCondition} AS held`);
    if (row?.held !== true)
      throw new SocratesError("lock-lost", `the advisory lock of ${session.label} is no longer held`, {
        hint: "Everything was rolled back: run the command again.",
      });
  }
}

/** Whether a COMMIT took effect whose answer was lost, as the record shows over a new connection. */
async function wasCommitted(database: LockedDatabase, run: Run): Promise<boolean> {
  const record = await reconnect(database, readRecord);
  const last = record.at(-1);
  return last?.seed === run.seed && last.first === run.first && last.users === run.users;
}

/** Commits one database. @returns why it failed; undefined if it succeeded */
async function commit(database: LockedDatabase, run: Run): Promise<string | undefined> {
  try {
    await database.session.run("COMMIT");
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!isConnectionLoss(error) || database.target.kind !== "server") return message;
    const kept = await wasCommitted(database, run).catch(() => null);
    if (kept === null) return `${message}; whether its rows were committed is unknown`;
    return kept ? undefined : message;
  }
}

/**
 * Commits one database after the other, once all are ready. PostgreSQL cannot commit in two at once, so if a later
 * one fails, the error names those that are committed.
 * @throws SocratesError `seed-failed`, `lock-lost`, `interrupted`
 */
export async function commitAll(
  databases: readonly LockedDatabase[],
  run: Run,
  signal: AbortSignal,
): Promise<void> {
  await checkLocksHeld(databases);
  if (signal.aborted) throw interrupted();
  const committed: string[] = [];
  for (const database of databases) {
    const failure = await commit(database, run);
    if (failure !== undefined) {
      const before = committed.length === 0 ? "" : `${committed.join(", ")} is committed; `;
      throw new SocratesError("seed-failed", `${before}${database.key}: ${failure}`, {
        hint: "Run socrates-db seed --reset: it deletes the committed rows and starts over.",
      });
    }
    committed.push(database.key);
  }
}
