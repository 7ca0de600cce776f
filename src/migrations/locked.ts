import { literal } from "../database/quote.ts";
import { SocratesError } from "../errors.ts";
import type { MigrationFile } from "./files.ts";
import { ensureLedgerSql, readLedger } from "./ledger.ts";
import { ledgerLockKey, releaseLock, takeLock } from "./lock.ts";
import type { OpenDatabase } from "./open.ts";
import { isPooled } from "./preflight.ts";
import type { RunSettings } from "./settings.ts";
import { interrupted } from "./transact.ts";
import { checkChain, compareChain, type MigrationStatus } from "./validate.ts";

/** A database that this run may change: its lock is held, and its ledger was read after that. */
export interface LockedDatabase extends OpenDatabase {
  /** Whether this backend holds the advisory lock; behind a pooler it cannot, and the lock on the ledger's table must do. */
  readonly lock: boolean;
  /** Numbers in the ledger; kept up to date by the run. */
  readonly applied: Set<number>;
  readonly statuses: readonly MigrationStatus[];
}

/** The head of a set of numbers, null for none. */
export function headOf(applied: ReadonlySet<number>): number | null {
  let head: number | null = null;
  for (const number of applied) if (head === null || number > head) head = number;
  return head;
}

/** Makes the ledger where it is missing; several may try at once, so they queue on a lock of their own. */
async function ensureLedger({ session, key }: OpenDatabase, settings: RunSettings): Promise<void> {
  await session
    .run(
      `BEGIN; SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ${settings.lockWait};
SELECT pg_advisory_xact_lock(${ledgerLockKey}); ${ensureLedgerSql(key)} COMMIT`,
    )
    .catch(async (error: unknown) => {
      await session.run("ROLLBACK").catch(() => {});
      throw new SocratesError(
        "privilege-missing",
        `the ledger of ${session.label} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
        {
          hint: `Connect as a role that may create the schema ${literal("socrates_db")} in this database.`,
          cause: error,
        },
      );
    });
}

/** Reads the ledger again, and what follows from it. */
export async function refresh(
  database: OpenDatabase,
): Promise<{ applied: Set<number>; statuses: MigrationStatus[] }> {
  const ledger = await readLedger(database.session);
  const statuses = compareChain(database.chain, ledger);
  checkChain(database.session.label, statuses);
  return { applied: new Set(ledger.rows.map(({ number }) => number)), statuses };
}

function refusePooled(files: readonly MigrationFile[], { session }: OpenDatabase): void {
  const file = files.find(({ noTransaction }) => noTransaction);
  if (file !== undefined)
    throw new SocratesError(
      "pooler-unsupported",
      `${file.id} runs outside a transaction, but ${session.label} is reached through a connection pooler`,
      {
        hint: "Use the direct URL of the server: behind a pooler no lock can be held between two statements.",
      },
    );
}

/**
 * Takes the locks of all databases, in their order, makes missing ledgers, reads them again, and releases everything at the end.
 * @throws SocratesError `lock-held`, `pooler-unsupported`, `chain-invalid`, `interrupted`
 */
export async function withLocks<T>(
  databases: readonly OpenDatabase[],
  pending: readonly MigrationFile[],
  settings: RunSettings,
  work: (locked: readonly LockedDatabase[]) => Promise<T>,
): Promise<T> {
  const locked: LockedDatabase[] = [];
  try {
    for (const database of databases) {
      const { session, info, key } = database;
      const lock = !isPooled(session, info);
      if (lock)
        await takeLock(session, {
          wait: settings.lockWait,
          signal: settings.signal,
          onWait: (holder) => settings.report({ kind: "waiting", database: key, holder }),
        });
      else
        refusePooled(
          pending.filter((file) => file.database === key),
          database,
        );
      if (!info.hasLedger) await ensureLedger(database, settings);
      locked.push({ ...database, lock, ...(await refresh(database)) });
    }
    return await work(locked);
  } catch (error) {
    throw settings.signal.aborted && !(error instanceof SocratesError) ? interrupted() : error;
  } finally {
    await Promise.all(locked.filter(({ lock }) => lock).map(({ session }) => releaseLock(session)));
  }
}
