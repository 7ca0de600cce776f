import { sleep } from "../database/deadline.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";

/**
 * The advisory lock that lets one runner at a time change a database. Keys are local to a database (manual, section
 * 13.3.5), so one pair of keys serves all. Both halves are positive int4, as `pg_locks` shows them unsigned.
 */
const classId = 1397708371; // "SOCS" as four bytes
const objectId = 1;

/** The key for creating the ledger, as SQL for functions with two keys. */
export const ledgerLockKey = `${classId}, 2`;

/** The lock's holder, as other sessions see it. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string;
  readonly user: string | null;
  /** When its session last changed state. */
  readonly since: Date | null;
}

/**
 * SQL condition: this backend holds the lock. In a transaction it proves that there was no reconnect and no pooler in
 * between.
 */
export const lockHeldCondition = `EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_catalog.pg_backend_pid() AND classid = ${classId} AND objid = ${objectId} AND objsubid = 2)`;

/** SQL condition: another session holds the lock. */
export const lockedElsewhere = `EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_catalog.pg_backend_pid() AND classid = ${classId} AND objid = ${objectId} AND objsubid = 2 AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`;

/**
 * SQL expressions that release the session's other advisory locks and keep the runner's own: a transaction-level lock
 * guards its key in the meantime.
 * @param lock whether this session holds the runner's lock
 */
export function releaseOtherLocksSql(lock: boolean): string {
  const key = `${classId}, ${objectId}`;
  return lock
    ? `pg_catalog.pg_try_advisory_xact_lock(${key}), pg_catalog.pg_advisory_unlock_all(), pg_catalog.pg_try_advisory_lock(${key})`
    : "pg_catalog.pg_advisory_unlock_all()";
}

const findHolder = `SELECT l.pid, COALESCE(a.application_name, '') AS application, a.usename AS "user", a.state_change AS since
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = ${classId} AND l.objid = ${objectId} AND l.objsubid = 2`;

/** SQL expression: the ledger exists. */
export const ledgerExists = "pg_catalog.to_regclass('socrates_db.migrations') IS NOT NULL";

export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return "another session";
  const application =
    holder.application === ""
      ? ""
      : ` (${holder.application}${holder.user === null ? "" : `, user ${holder.user}`})`;
  return `pid ${holder.pid}${application}`;
}

export interface LockOptions {
  /** How long to wait for another runner, in milliseconds. */
  readonly wait: number;
  readonly signal: AbortSignal;
  /** Called when the wait begins and whenever the holder changes. */
  readonly onWait: (holder: LockHolder | undefined) => void;
}

/**
 * The session that locks the ledger's table, which replaces the advisory lock behind a pooler. Reading the table
 * blocks no one.
 */
const findLedgerHolder = `SELECT l.pid, COALESCE(a.application_name, '') AS application, a.usename AS "user", a.state_change AS since
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.relation = 'socrates_db.migrations'::regclass AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.granted AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')`;

/**
 * Waits until a lock is free, polling with no transaction open: a waiter with an open one would deadlock with CREATE
 * INDEX CONCURRENTLY, which waits for all older transactions (manual, "CREATE INDEX", building indexes concurrently).
 * @throws SocratesError `lock-held` with the holder's pid and application
 */
async function poll(
  session: Session,
  options: LockOptions,
  isFree: () => Promise<boolean>,
  findWho: string,
): Promise<void> {
  const end = performance.now() + options.wait;
  let shown: number | undefined | null = null;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 500)) {
    if (await isFree()) return;
    const [holder] = await session.read<LockHolder>(findWho);
    if (performance.now() >= end)
      throw new SocratesError(
        "lock-held",
        `${session.label} is being changed by ${describeHolder(holder)}; waited ${options.wait / 1000} s for it`,
        {
          hint: "Let it finish, raise --lock-wait, or end it with pg_terminate_backend if it is stuck.",
        },
      );
    if (shown === null || shown !== holder?.pid) options.onWait(holder);
    shown = holder?.pid;
    await sleep(
      Math.min(pause * (0.5 + Math.random()), Math.max(1, end - performance.now())),
      options.signal,
    );
  }
}

/**
 * Takes the lock.
 * @param before SQL that is sent in one message with the first attempt
 * @returns whether the ledger exists, now that no other runner can create it
 * @throws SocratesError `lock-held` with the holder's pid and application
 */
export async function takeLock(session: Session, options: LockOptions, before: string): Promise<boolean> {
  let first = `${before} `;
  let hasLedger = false;
  const take = async () => {
    const [row] = await session.run<{ taken: boolean; hasLedger: boolean }>(
      `${first}SELECT pg_catalog.pg_try_advisory_lock(${classId}, ${objectId}) AS taken, ${ledgerExists} AS "hasLedger"`,
    );
    first = "";
    hasLedger = row?.hasLedger === true;
    return row?.taken === true;
  };
  await poll(session, options, take, findHolder);
  return hasLedger;
}

/**
 * Waits until no one changes the ledger, if no lock can be held between two transactions. A runner that comes in
 * between is waited for inside the transaction, and detected by its guard.
 * @throws SocratesError `lock-held` with the holder's pid and application
 */
export async function awaitLedger(session: Session, options: LockOptions): Promise<void> {
  const isFree = async () => (await session.read(findLedgerHolder)).length === 0;
  await poll(session, options, isFree, findLedgerHolder);
}

/** Releases the lock. The end of the session also does, so a failure here does not matter. */
export async function releaseLock(session: Session): Promise<void> {
  await session.run(`SELECT pg_catalog.pg_advisory_unlock(${classId}, ${objectId})`).catch(() => {});
}
