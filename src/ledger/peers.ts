import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { literal } from "../sql/quote.ts";

/**
 * High-water marks: the state of each database when another one was last changed together with it. A database that
 * has less than its mark was restored to an earlier time; one that was created at another time is a different
 * database.
 */
export interface Mark {
  /** When its ledger was created, as the server prints it; it identifies a database across dumps and restores. */
  readonly createdAt: string;
  /** The last id of its history, 0 for none. It never decreases, as the history is append-only. */
  readonly historyId: number;
}

/** What is read from a database at the end of a run. */
interface OwnState extends Mark {
  /** The migration numbers in its ledger. */
  readonly numbers: readonly number[];
}

/** The mark that one database has of another one. */
export interface Peer extends Mark {
  /** Key of another database of the project. */
  readonly peer: string;
  readonly seenAt: Date;
}

/** SQL of the tables of marks, part of the ledger. */
export const createPeersTable = `CREATE TABLE IF NOT EXISTS socrates_db.peers (
  name varchar(63) PRIMARY KEY,
  created_at varchar(32) NOT NULL,
  history_id bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);`;

/** SQL for the current state of a database. */
export const peerStateSql = `SELECT to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS "createdAt",
  (SELECT coalesce(max(id), 0)::float8 FROM socrates_db.history) AS "historyId" FROM socrates_db.chain c`;

const endSql = `SELECT m.*, (SELECT coalesce(json_agg(number), '[]') FROM socrates_db.migrations) AS numbers FROM (${peerStateSql}) m`;

/** SQL for the marks that a database has. */
export const peersSql = `SELECT name AS "peer", created_at AS "createdAt", history_id::float8 AS "historyId", seen_at AS "seenAt" FROM socrates_db.peers ORDER BY name`;

interface LedgerDatabase {
  readonly key: string;
  readonly session: Session;
}

function recordPeer(
  { session }: LedgerDatabase,
  peer: string,
  { createdAt, historyId }: Mark,
): Promise<unknown> {
  return session.run(`${beginSql} SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = '2s'; ${createPeersTable}
INSERT INTO socrates_db.peers (name, created_at, history_id) VALUES (${literal(peer)}, ${literal(createdAt)}, ${historyId})
ON CONFLICT (name) DO UPDATE SET created_at = excluded.created_at, history_id = excluded.history_id, seen_at = now(); COMMIT`);
}

/**
 * Updates the marks of all databases in those that were changed. Failures are left to the next run: the migrations
 * are done, and an older mark only detects less.
 * @param changed their ledgers may be written
 * @param all their ledgers may be read
 * @returns the numbers in the ledger of each database that could be read, by key
 */
export async function recordPeers(
  changed: readonly LedgerDatabase[],
  all: readonly LedgerDatabase[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const marks = await Promise.all(
    all.map(async ({ key, session }) => {
      const [mark] = await session.read<OwnState>(endSql).catch(() => []);
      return { key, mark };
    }),
  );
  await Promise.all(
    changed.map(async (database) => {
      for (const { key, mark } of marks)
        if (key !== database.key && mark !== undefined)
          await recordPeer(database, key, mark).catch(() => database.session.run("ROLLBACK").catch(() => {}));
    }),
  );
  return new Map(
    marks.flatMap(({ key, mark }) => (mark === undefined ? [] : [[key, mark.numbers] as const])),
  );
}
