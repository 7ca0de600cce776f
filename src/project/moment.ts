import type { Session } from "../database/session.ts";
import { excludes } from "../sql/lock-modes.ts";
import { literal } from "../sql/quote.ts";

/** A lock that a migration will ask for. */
export interface NeededLock {
  /** The relation, as SQL writes its name. */
  readonly relation: string;
  /** As pg_locks writes it. */
  readonly mode: string;
}

/** Something on a server that a migration would wait for at this moment, or that it would make worse. */
export interface Disturbance {
  readonly code: "lock-conflict" | "old-transaction" | "replication-lag" | "wraparound-vacuum";
  readonly relation?: string;
  /** Of the transaction, or the lag, in seconds; undefined where the role may not see it. */
  readonly seconds?: number;
  readonly message: string;
}

/** Who holds something: a session, or a prepared transaction without one. */
interface Holder {
  readonly pid: number | null;
  readonly application: string | null;
  readonly user: string | null;
  readonly prepared: string | null;
  readonly state: string | null;
  /** Age of its transaction in seconds. */
  readonly seconds: number | null;
}

interface HeldRow extends Holder {
  readonly relation: string;
  readonly mode: string;
  readonly granted: boolean;
  readonly wraparound: boolean;
}

/**
 * Locks of other sessions on relations, with those of prepared transactions, which have no session (manual, "pg_locks").
 * @param which SQL condition on `c`, the row of pg_class
 */
function locksSql(which: string): string {
  return `SELECT l.pid, a.application_name AS application, coalesce(a.usename, p.owner) AS "user", p.gid AS prepared, a.state,
  extract(epoch FROM pg_catalog.now() - coalesce(a.xact_start, p.prepared))::float8 AS seconds,
  pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, l.mode, l.granted,
  coalesce(a.query LIKE 'autovacuum:%(to prevent wraparound)', false) AS wraparound
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN pg_catalog.pg_locks t ON l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid' AND t.virtualtransaction = l.virtualtransaction
  LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = t.transactionid
WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND ${which}
  -- Other autovacuum workers give way.
  AND (a.backend_type IS DISTINCT FROM 'autovacuum worker' OR a.query LIKE 'autovacuum:%(to prevent wraparound)')
ORDER BY seconds DESC NULLS LAST, l.pid, relation, l.mode`;
}

/** Transactions for which CONCURRENTLY waits: those of the database that have a snapshot or have written. */
const transactionsSql = `SELECT pid, application_name AS application, usename AS "user", NULL AS prepared, state,
  extract(epoch FROM pg_catalog.now() - xact_start)::float8 AS seconds
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'
  AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
UNION ALL SELECT NULL, NULL, owner, gid, 'prepared', extract(epoch FROM pg_catalog.now() - prepared)::float8
FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() ORDER BY seconds DESC NULLS LAST, pid`;

const lagSql = `SELECT pid, application_name AS application, usename AS "user", NULL AS prepared, state,
  extract(epoch FROM replay_lag)::float8 AS seconds
FROM pg_catalog.pg_stat_replication WHERE replay_lag > interval '10 seconds' ORDER BY replay_lag DESC, pid`;

/** Seconds as people write them: `3 s`, `12 min`. */
function ageText(seconds: number | null): string {
  if (seconds === null) return "for an unknown time";
  return seconds < 120 ? `for ${Math.max(0, Math.round(seconds))} s` : `for ${Math.round(seconds / 60)} min`;
}

function holderText({ pid, application, user, prepared, state, seconds }: Holder): string {
  const who =
    prepared === null
      ? `pid ${pid} (${[application || "no application name", `user ${user ?? "unknown"}`, state].filter(Boolean).join(", ")})`
      : `the prepared transaction ${prepared} (user ${user ?? "unknown"})`;
  return `${who}, in its transaction ${ageText(seconds)}`;
}

function secondsOf({ seconds }: Holder): Pick<Disturbance, "seconds"> {
  return seconds === null ? {} : { seconds };
}

function lockText(row: HeldRow): string {
  return `${holderText(row)}, ${row.granted ? "holds" : "waits for"} ${row.mode} on ${row.relation}`;
}

/**
 * Locks of transactions that have lasted longer than `seconds`, on relations of some names.
 * @returns a line for each, the oldest first
 */
export async function longHeldLocks(
  session: Session,
  names: readonly string[],
  seconds: number,
): Promise<string[]> {
  if (names.length === 0) return [];
  const list = names.map((name) => literal(name)).join(", ");
  const which = `c.relname IN (${list}) AND c.relkind IN ('r', 'p', 'm', 'v', 'f')`;
  const rows = await session.read<HeldRow>(locksSql(which));
  return rows.filter((row) => row.seconds !== null && row.seconds > seconds).map(lockText);
}

/** Locks of other sessions that exclude one of those needed. */
export async function lockConflicts(session: Session, needed: readonly NeededLock[]): Promise<Disturbance[]> {
  const relations = [...new Set(needed.map(({ relation }) => relation))];
  if (relations.length === 0) return [];
  const list = relations.map((name) => `pg_catalog.to_regclass(${literal(name)})`).join(", ");
  const rows = await session.read<HeldRow>(locksSql(`c.oid IN (${list})`));
  return rows.flatMap((row): Disturbance[] => {
    const isExcluded = needed.some(
      ({ relation, mode }) => relation === row.relation && excludes(mode, row.mode),
    );
    if (!isExcluded) return [];
    return [
      {
        code: row.wraparound ? "wraparound-vacuum" : "lock-conflict",
        relation: row.relation,
        ...secondsOf(row),
        message: lockText(row),
      },
    ];
  });
}

/** Transactions for which CONCURRENTLY would wait now. */
export async function oldTransactions(session: Session): Promise<Disturbance[]> {
  const rows = await session.read<Holder>(transactionsSql);
  return rows.map((row) => ({
    code: "old-transaction",
    ...secondsOf(row),
    message: `CONCURRENTLY would wait for ${holderText(row)}`,
  }));
}

/** Standbys that are more than ten seconds behind. */
export async function replicationLag(session: Session): Promise<Disturbance[]> {
  const rows = await session.read<Holder>(lagSql);
  return rows.map((row) => ({
    code: "replication-lag",
    ...secondsOf(row),
    message: `the standby ${row.application || "without a name"} (pid ${row.pid}) is ${Math.round(row.seconds ?? 0)} s behind`,
  }));
}
