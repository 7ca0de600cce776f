import { literal } from "../database/quote.ts";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { withCancel } from "./cancel.ts";
import type { MigrationFile } from "./files.ts";
import { beginSql, keepAliveSql } from "./fresh-session.ts";
import { ensureLedgerSql, type Ledger, makeAndReadLedger, readLedger } from "./ledger.ts";
import { ledgerLockKey, releaseLock, takeLock } from "./lock.ts";
import type { OpenDatabase } from "./open.ts";
import { isPooled } from "./preflight.ts";
import { type RunSettings, waitFor } from "./settings.ts";
import { sideBySide } from "./side-by-side.ts";
import { interrupted, rollBack } from "./transact.ts";
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

/** SQL that makes the ledger where it is missing, inside a transaction; several may try at once, so they queue on a lock of their own. */
export function makeLedgerSql(key: string, { lockWait }: RunSettings): string {
  return `SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ${lockWait};
SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${ledgerLockKey}); ${ensureLedgerSql(key)}`;
}

/** What a failure to make the ledger means. */
export function ledgerNotMade(session: Session, error: unknown, { signal }: RunSettings): unknown {
  if (!isServerError(error) || signal.aborted) return error;
  const message = `the ledger of ${session.label} cannot be made: ${error.message}`;
  if (error.code === "55P03")
    return new SocratesError("lock-held", message, {
      hint: "Another session holds a lock on it: let it finish, or raise --lock-wait.",
      cause: error,
    });
  return new SocratesError("privilege-missing", message, {
    hint: `Connect as a role that may create the schema ${literal("socrates_db")} in this database.`,
    cause: error,
  });
}

async function makeLedger({ session, key }: OpenDatabase, settings: RunSettings): Promise<Ledger> {
  const makeSql = `${beginSql} ${makeLedgerSql(key, settings)} COMMIT;`;
  return makeAndReadLedger(session, makeSql).catch(async (error: unknown) => {
    await rollBack(session, error);
    throw ledgerNotMade(session, error, settings);
  });
}

/** Reads the ledger again, and what follows from it. */
export async function refresh(
  database: OpenDatabase,
  read: () => Promise<Ledger> = () => readLedger(database.session),
): Promise<{ applied: Set<number>; statuses: MigrationStatus[] }> {
  const ledger = await read();
  const statuses = compareChain(database.chain, ledger);
  checkChain(database.session.label, statuses);
  return { applied: new Set(ledger.rows.map(({ number }) => number)), statuses };
}

function refusePooled(files: readonly MigrationFile[], { key, session, info }: OpenDatabase): void {
  const file = files.find(({ database, noTransaction }) => database === key && noTransaction);
  if (file !== undefined && isPooled(session, info))
    throw new SocratesError(
      "pooler-unsupported",
      `${file.id} runs outside a transaction, but ${session.label} is reached through a connection pooler`,
      {
        hint: "Use the direct URL of the server: behind a pooler no lock can be held between two statements.",
      },
    );
}

/**
 * Takes the locks of all databases, in their order, and releases them at the end. When the signal of the settings is
 * aborted, what runs on any of them is cancelled.
 * @param work is told which of them hold a lock: behind a pooler none can be held
 * @throws SocratesError `lock-held`, `interrupted`
 */
export async function holdLocks<T>(
  databases: readonly OpenDatabase[],
  settings: RunSettings,
  work: (held: ReadonlySet<OpenDatabase>) => Promise<T>,
): Promise<T> {
  const { signal } = settings;
  const held = new Set<OpenDatabase>();
  const sessions = databases.map(({ session }) => session);
  return withCancel(signal, sessions, async () => {
    try {
      const lockable = databases.filter(({ session, info }) => !isPooled(session, info));
      for (const database of lockable) {
        if (signal.aborted) throw interrupted();
        await takeLock(database.session, waitFor(database.key, settings), keepAliveSql);
        held.add(database);
      }
      return await work(held);
    } finally {
      await Promise.all([...held].map(({ session }) => releaseLock(session)));
    }
  });
}

/**
 * Takes the locks of all databases, makes missing ledgers, and reads them again: all locks before any ledger is made, so
 * that nothing has changed where one cannot be had.
 * @throws SocratesError `lock-held`, `pooler-unsupported`, `chain-invalid`, `interrupted`
 */
export async function withLocks<T>(
  databases: readonly OpenDatabase[],
  pending: readonly MigrationFile[],
  settings: RunSettings,
  work: (locked: readonly LockedDatabase[]) => Promise<T>,
): Promise<T> {
  for (const database of databases) refusePooled(pending, database);
  return holdLocks(databases, settings, async (held) => {
    if (settings.signal.aborted) throw interrupted();
    const locked = await sideBySide(databases, async (database): Promise<LockedDatabase> => {
      const make = () => makeLedger(database, settings);
      const current = await refresh(database, database.info.hasLedger ? undefined : make);
      return { ...database, lock: held.has(database), ...current };
    });
    return work(locked);
  });
}
