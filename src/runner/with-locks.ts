import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { beginSql, keepAliveSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { ledgerExists, ledgerLockKey, releaseLock, takeLock } from "../ledger/advisory-lock.ts";
import {
  emptyLedger,
  ensureLedgerSql,
  type Ledger,
  makeAndReadLedger,
  readLedger,
} from "../ledger/ledger.ts";
import { type ChainStatus, type Plan, planFiles } from "../migrations/plan.ts";
import { checkChain, compareChain, type MigrationStatus } from "../migrations/validate.ts";
import type { OpenDatabase } from "../project/open.ts";
import { isPooled } from "../project/preflight.ts";
import { literal } from "../sql/quote.ts";
import { withCancel } from "./cancel.ts";
import { type RunSettings, waitFor } from "./settings.ts";
import { sideBySide } from "./side-by-side.ts";
import { interrupted, rollBack } from "./transaction.ts";

/** A database that this run may change: it is locked, and its ledger was read under the lock. */
export interface LockedDatabase extends OpenDatabase {
  /**
   * Whether this backend holds the advisory lock; behind a pooler it cannot, and the lock on the ledger's table
   * replaces it.
   */
  readonly lock: boolean;
  /** Numbers in the ledger; the run keeps them up to date. */
  readonly applied: Set<number>;
  readonly statuses: readonly MigrationStatus[];
}

/** The inputs of a run before it takes the locks, and its decisions under them. */
export interface LockedRun {
  /** Settles what an earlier run has left unfinished, before anything is planned. */
  readonly settle?: (databases: readonly LockedDatabase[]) => Promise<readonly LockedDatabase[]>;
  /** The plan, from the ledgers under the locks. */
  readonly plan: (databases: readonly ChainStatus[]) => Plan;
  /** Checks a plan before anything is changed; missing ledgers are created after that. */
  readonly check: (databases: readonly LockedDatabase[], plan: Plan) => Promise<void>;
}

/** The largest of a set of numbers, null for none. */
export function headOf(applied: ReadonlySet<number>): number | null {
  let head: number | null = null;
  for (const number of applied) if (head === null || number > head) head = number;
  return head;
}

/**
 * SQL that creates a missing ledger, inside a transaction. Several runners may try at once, so they queue on a
 * separate lock.
 */
export function makeLedgerSql(key: string, { lockWait }: RunSettings): string {
  return `SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = ${lockWait};
SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${ledgerLockKey}); ${ensureLedgerSql(key)}`;
}

/** The meaning of a failure to create the ledger. */
export function ledgerNotMade(session: Session, error: unknown, { signal }: RunSettings): unknown {
  if (!isServerError(error) || signal.aborted) return error;
  const message = `the ledger of ${session.label} cannot be created: ${error.message}`;
  if (error.code === "55P03")
    return new SocratesError("lock-held", message, {
      hint: "Another session holds a lock on it: let it finish, or raise --lock-wait.",
      cause: error,
    });
  return new SocratesError("privilege-missing", message, {
    hint: `Connect as a role that can create the schema ${literal("socrates_db")} in this database.`,
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

/** Reads the ledger again, and updates the state. */
export async function refresh(
  database: OpenDatabase,
  read: () => Promise<Ledger> = () => readLedger(database.session),
): Promise<{ applied: Set<number>; statuses: MigrationStatus[] }> {
  const ledger = await read();
  const statuses = compareChain(database.chain, ledger);
  checkChain(database.session.label, statuses);
  return { applied: new Set(ledger.rows.map(({ number }) => number)), statuses };
}

/**
 * Takes the locks of all databases, in order, and releases them at the end. When the signal of the settings is
 * aborted, their running statements are cancelled.
 * @param work is told which of them are locked, and whether they have a ledger: behind a pooler none can be locked
 * @throws SocratesError `lock-held`, `interrupted`
 */
export async function holdLocks<T>(
  databases: readonly OpenDatabase[],
  settings: RunSettings,
  work: (held: ReadonlyMap<OpenDatabase, { readonly hasLedger: boolean }>) => Promise<T>,
): Promise<T> {
  const { signal } = settings;
  const held = new Map<OpenDatabase, { readonly hasLedger: boolean }>();
  const sessions = databases.map(({ session }) => session);
  return withCancel(signal, sessions, async () => {
    try {
      const lockable = databases.filter(({ session, info }) => !isPooled(session, info));
      for (const database of lockable) {
        if (signal.aborted) throw interrupted();
        const { key, session } = database;
        held.set(database, { hasLedger: await takeLock(session, waitFor(key, settings), keepAliveSql) });
      }
      return await work(held);
    } finally {
      await Promise.all([...held.keys()].map(({ session }) => releaseLock(session)));
    }
  });
}

/** A locked database with its current ledger: without one, nothing is applied. */
async function readLocked(
  database: OpenDatabase,
  held: { readonly hasLedger: boolean } | undefined,
): Promise<LockedDatabase> {
  const hasLedger = held === undefined ? await hasLedgerNow(database.session) : held.hasLedger;
  const current = await refresh(database, hasLedger ? undefined : async () => emptyLedger);
  return {
    ...database,
    info: { ...database.info, hasLedger },
    lock: held !== undefined,
    ...current,
  };
}

async function hasLedgerNow(session: Session): Promise<boolean> {
  const [row] = await session.read<{ found: boolean }>(`SELECT ${ledgerExists} AS found`);
  return row?.found === true;
}

/**
 * Takes the locks of all databases that a command could concern, reads their ledgers, and only then plans: another
 * runner may have changed any of them in the meantime. Missing ledgers are created after all checks of the plan.
 * @throws SocratesError `lock-held`, `chain-invalid`, `interrupted`, and what `check` throws
 */
export async function withLocks<T>(
  databases: readonly OpenDatabase[],
  settings: RunSettings,
  { settle, plan: planFor, check }: LockedRun,
  work: (locked: readonly LockedDatabase[], plan: Plan) => Promise<T>,
): Promise<T> {
  return holdLocks(databases, settings, async (held) => {
    if (settings.signal.aborted) throw interrupted();
    const read = await sideBySide(databases, (database) => readLocked(database, held.get(database)));
    const locked = settle === undefined ? read : await settle(read);
    const plan = planFor(locked.map(({ key, statuses }) => ({ database: key, statuses })));
    const files = planFiles(plan);
    await check(locked, plan);
    const ready = await sideBySide(locked, async (database): Promise<LockedDatabase> => {
      const { key, info } = database;
      if (info.hasLedger || !files.some((file) => file.database === key)) return database;
      return { ...database, ...(await refresh(database, () => makeLedger(database, settings))) };
    });
    return work(ready, plan);
  });
}
