import { openSession, type Session } from "../database/session.ts";
import { describeHolder, type LockHolder } from "../ledger/advisory-lock.ts";
import { BuildClock, type BuildProgress, type BuildRow, buildSql } from "./build-progress.ts";

/** What a session waits for, and the lock's holder. */
interface Wait extends LockHolder {
  readonly object: string;
}

/** Locks that a backend waits for (manual, "pg_locks" and "pg_blocking_pids"); a row lock is shown by its table. */
const waitsOf = (
  pid: number,
) => `SELECT b.pid, COALESCE(a.application_name, '') AS application, a.usename AS "user", a.state_change AS since,
  COALESCE((SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = COALESCE(l.relation, (SELECT t.relation FROM pg_locks t WHERE t.pid = l.pid AND t.locktype = 'tuple' LIMIT 1))),
    'the ' || l.locktype || ' lock') AS object
FROM pg_locks l CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(l.pid)) AS pid) b LEFT JOIN pg_stat_activity a ON a.pid = b.pid
WHERE l.pid = ${pid} AND NOT l.granted ORDER BY 5, 1`;

/** Watches a session from another connection, while something runs in it. */
export interface LockWatch {
  /** The last lock that it waited for: `public.users is locked by pid 7 (psql, user ada)`. */
  readonly blocked: () => string | undefined;
  stop(): void;
}

function describe(waits: readonly Wait[]): string | undefined {
  const [first] = waits;
  if (first === undefined) return undefined;
  const holders = waits.filter(({ object }) => object === first.object).map(describeHolder);
  return `${first.object} is locked by ${holders.join(" and ")}`;
}

/** Milliseconds between two checks of a session that may wait for long. */
const longestPause = 1_000;

/**
 * Watches a session over a separate connection, which is opened after a good part of the lock timeout: a session that
 * has timed out can no longer find out who blocked it. If the connection fails, nothing is known. An embedded
 * database has one session, so nothing blocks it.
 * @param lockTimeout milliseconds, 0 for none
 * @param onBuild receives how far the index is that the session builds
 */
export function watchLocks(
  session: Session,
  lockTimeout: number,
  onBuild: (build: BuildProgress) => void,
): LockWatch {
  let seen: string | undefined;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let watcher: Promise<Session> | undefined;
  const { key, target } = session;
  const pause = lockTimeout === 0 ? longestPause : Math.min(longestPause, Math.max(10, lockTimeout / 4));
  const clock = new BuildClock();
  const look = async () => {
    const pid = session.reportedPid();
    if (target.kind === "embedded" || pid === undefined) return;
    const name = target.database;
    watcher ??= openSession({ key, name, target, applicationName: "socrates-db lock watch" });
    const now = describe(await (await watcher).read<Wait>(waitsOf(pid)));
    seen = now ?? seen;
    const [build] = await (await watcher).read<BuildRow>(buildSql(pid));
    if (build !== undefined && !isOver) onBuild(clock.progress(build, performance.now(), now));
    if (!isOver) timer = setTimeout(again, pause);
  };
  const again = () => void look().catch(() => {});
  if (target.kind === "server") timer = setTimeout(again, pause);
  return {
    blocked: () => seen,
    stop: () => {
      isOver = true;
      clearTimeout(timer);
      void watcher?.then((opened) => opened.close()).catch(() => {});
    },
  };
}
