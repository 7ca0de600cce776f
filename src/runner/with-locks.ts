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

/** A database that this run may change: its lock is held, and its ledger was read after that. */
export interface LockedDatabase extends OpenDatabase {
  /** Whether this backend holds the advisory lock; behind a pooler it cannot, and the lock on the ledger's table must do. */
  readonly lock: boolean;
  /** Numbers in the ledger; kept up to date by the run. */
  readonly applied: Set<number>;
  readonly statuses: readonly MigrationStatus[];
}

/** What a run needs to know before it takes the locks, and decides once it holds them. */
export interface LockedRun {
  /** Settles what an earlier run has left open, before anything is planned. */
  readonly settle?: (databases: readonly LockedDatabase[]) => Promise<readonly LockedDatabase[]>;
  /** What is to be done, by the ledgers as they are under the locks. */
  readonly plan: (databases: readonly ChainStatus[]) => Plan;
  /** Refuses a plan before anything is changed; the databases that have no ledger yet are given theirs afterwards. */
  readonly check: (databases: readonly LockedDatabase[], plan: Plan) => Promise<void>;
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

/**
 * Takes the locks of all databases, in their order, and releases them at the end. When the signal of the settings is
 * aborted, what runs on any of them is cancelled.
 * @param work is told which of them hold a lock, and whether they have a ledger: behind a pooler none can be held
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

/** A database under its lock, as its ledger is now: without one, nothing is applied. */
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
 * Takes the locks of all databases that a command could concern, reads their ledgers, and only then decides what is to be
 * done: another runner may have moved any of them meanwhile. Ledgers are made where the plan needs them, after
 * everything that could refuse the plan.
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
