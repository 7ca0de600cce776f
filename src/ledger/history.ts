import type { Session } from "../database/session.ts";
import { type Mark, type Peer, peerStateSql, peersSql } from "./peers.ts";

/** One row of `socrates_db.history`. */
export interface HistoryRow {
  readonly id: number;
  readonly action: "start" | "fail" | "apply" | "rollback" | "adopt";
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** The contents of a ledger other than its migrations. */
export interface LedgerRecord {
  /** In chronological order. */
  readonly history: readonly HistoryRow[];
  readonly mark: Mark | undefined;
  /** What it records about other databases. */
  readonly peers: readonly Peer[];
}

const queries = {
  history: `SELECT id::float8 AS id, action, number, name, checksum FROM socrates_db.history ORDER BY id`,
  marks: peerStateSql,
};

/** Reads the history of a database that has a ledger. */
export async function readRecord(session: Session): Promise<LedgerRecord> {
  const { history, marks, tables } = await session.snapshot<{
    history: HistoryRow;
    marks: Mark;
    tables: { exists: boolean };
  }>({ ...queries, tables: "SELECT to_regclass('socrates_db.peers') IS NOT NULL AS exists" });
  const peers = tables[0]?.exists === true ? await session.read<Peer>(peersSql) : [];
  return { history, mark: marks[0], peers };
}
