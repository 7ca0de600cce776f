import { readPrefix } from "../database/read-only.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { literal } from "../sql/quote.ts";
import { lockedElsewhere } from "./advisory-lock.ts";
import { createExtensions } from "./extensions.ts";
import { createPeersTable } from "./peers.ts";

/** One applied migration, a row of `socrates_db.migrations`. */
export interface LedgerRow {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly checksum: string;
  readonly appliedAt: Date;
  readonly durationMs: number;
  readonly appliedBy: string;
  readonly toolVersion: string;
}

/** What a database says of itself. Without a ledger both parts are empty. */
export interface Ledger {
  /** Key of the database whose chain this is, for example `auth`; undefined where there is no ledger. */
  readonly chain: string | undefined;
  /** Ordered by number. */
  readonly rows: readonly LedgerRow[];
  /** Numbers of statements outside transactions that were started and never recorded, while no other runner is at work. */
  readonly interrupted: readonly number[];
}

export const emptyLedger: Ledger = { chain: undefined, rows: [], interrupted: [] };

/**
 * Makes the ledger. The history is append-only: its trigger refuses what would change the past.
 * Statements must stay repeatable, as several runners may come here one after the other. Texts are bounded, so that no row
 * can be too long for its page: PostgreSQL would give each table a second one to put such rows into (manual, "TOAST"),
 * which takes it longer than the table. Older ledgers have unbounded ones.
 */
const createLedger = `
DO $$ BEGIN
  -- Asked first: with IF NOT EXISTS, too, CREATE SCHEMA wants the right to make one, and only its owner may comment on it.
  IF pg_catalog.to_regnamespace('socrates_db') IS NULL THEN
    CREATE SCHEMA IF NOT EXISTS socrates_db;
    COMMENT ON SCHEMA socrates_db IS 'Ledger of socrates-db: which migrations this database has';
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS socrates_db.chain (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  name varchar(63) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS socrates_db.migrations (
  number integer PRIMARY KEY,
  name varchar(255) NOT NULL,
  phase integer NOT NULL,
  checksum varchar(64) NOT NULL,
  applied_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  applied_by name NOT NULL,
  tool_version varchar(64) NOT NULL
);
CREATE TABLE IF NOT EXISTS socrates_db.history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action varchar(16) NOT NULL CHECK (action IN ('start', 'fail', 'apply', 'rollback', 'adopt')),
  number integer NOT NULL,
  name varchar(255) NOT NULL,
  checksum varchar(64) NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer,
  done_by name NOT NULL DEFAULT session_user,
  tool_version varchar(64) NOT NULL
);
${createPeersTable}
${createExtensions}
CREATE OR REPLACE FUNCTION socrates_db.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RAISE EXCEPTION 'socrates_db.history is append-only';
END
$body$;
DROP TRIGGER IF EXISTS append_only ON socrates_db.history;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON socrates_db.history
  FOR EACH STATEMENT EXECUTE FUNCTION socrates_db.refuse_change();`;

/** SQL that makes the ledger where it is missing and says whose chain it is. */
export function ensureLedgerSql(chain: string): string {
  return `${createLedger}
INSERT INTO socrates_db.chain (name) VALUES (${literal(chain)}) ON CONFLICT DO NOTHING;`;
}

const started = `SELECT json_agg(s.number) FROM socrates_db.history s WHERE s.action = 'start'
  AND NOT EXISTS (SELECT FROM socrates_db.history later WHERE later.number = s.number AND later.id > s.id)
  AND NOT ${lockedElsewhere}`;

const readRows = `
SELECT (SELECT name FROM socrates_db.chain) AS chain, (${started}) AS interrupted, number, name, phase, checksum, applied_at AS "appliedAt",
  duration_ms AS "durationMs", applied_by AS "appliedBy", tool_version AS "toolVersion"
FROM (SELECT 1) one LEFT JOIN socrates_db.migrations ON true ORDER BY number`;

type Row = { chain: string | null; interrupted: readonly number[] | null } & (LedgerRow | { number: null });

function ledgerOf(rows: readonly Row[]): Ledger {
  const applied: LedgerRow[] = [];
  for (const { chain: _, interrupted: __, ...row } of rows) if (row.number !== null) applied.push(row);
  return { chain: rows[0]?.chain ?? undefined, rows: applied, interrupted: rows[0]?.interrupted ?? [] };
}

/**
 * Reads the ledger of a database that has one.
 * @throws SocratesError `ledger-invalid` where its tables are not as this program makes them
 * @throws SocratesError `privilege-missing` where they cannot be read
 */
export async function readLedger(session: Session): Promise<Ledger> {
  const rows = await session.read<Row>(readRows).catch((error: unknown) => {
    throw ledgerError(session, error);
  });
  return ledgerOf(rows);
}

/** Reads the ledger in one message with the SQL that makes it. */
export async function makeAndReadLedger(session: Session, makeSql: string): Promise<Ledger> {
  return ledgerOf(await session.run<Row>(`${makeSql} ${readPrefix}${readRows}; COMMIT`));
}

function ledgerError(session: Session, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  if (code === "42501")
    return new SocratesError(
      "privilege-missing",
      `the ledger of ${session.label} cannot be read: ${message}`,
      {
        hint: "Grant USAGE on schema socrates_db and SELECT, INSERT, UPDATE, DELETE on its tables, or use the role that made them.",
        cause: error,
      },
    );
  if (/^42/.test(code) || code === "3F000")
    return new SocratesError(
      "ledger-invalid",
      `the schema socrates_db of ${session.label} is not a ledger of this program: ${message}`,
      {
        hint: "Rename or remove the schema that uses this name, or restore the ledger from a backup.",
        cause: error,
      },
    );
  return error;
}

/** What is written for one migration: the row itself, or the one that is taken away. */
export interface LedgerEntry {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly checksum: string;
}

const elapsed = "GREATEST(0, extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000)::integer";

function history(
  action: "start" | "fail" | "apply" | "rollback" | "adopt",
  entry: LedgerEntry,
  toolVersion: string,
  duration: string,
): string {
  return `INSERT INTO socrates_db.history (action, number, name, checksum, duration_ms, tool_version) VALUES ('${action}', ${entry.number}, ${literal(entry.name)}, ${literal(entry.checksum)}, ${duration}, ${literal(toolVersion)});`;
}

/** SQL that records that a statement outside a transaction is about to run. */
export function recordStartSql(entry: LedgerEntry, toolVersion: string): string {
  return history("start", entry, toolVersion, "NULL");
}

/** SQL that records that such a statement failed and left nothing behind. */
export function recordFailureSql(entry: LedgerEntry, toolVersion: string): string {
  return history("fail", entry, toolVersion, "NULL");
}

function insertRow(entry: LedgerEntry, toolVersion: string, duration: string): string {
  return `INSERT INTO socrates_db.migrations (number, name, phase, checksum, applied_at, duration_ms, applied_by, tool_version)
VALUES (${entry.number}, ${literal(entry.name)}, ${entry.phase}, ${literal(entry.checksum)}, clock_timestamp(), ${duration}, session_user, ${literal(toolVersion)})`;
}

/** SQL that records a migration as applied and returns its duration; `duration` is SQL, by default the time of the message it stands in. */
export function recordApplySql(entry: LedgerEntry, toolVersion: string, duration: string = elapsed): string {
  return `${history("apply", entry, toolVersion, duration)}
${insertRow(entry, toolVersion, duration)}
RETURNING duration_ms AS "durationMs"`;
}

/** SQL that records a migration as applied whose objects were there already; when and by whom is not known, so it is now and us. */
export function recordAdoptSql(entry: LedgerEntry, toolVersion: string): string {
  return `${history("adopt", entry, toolVersion, "NULL")}
${insertRow(entry, toolVersion, "0")};`;
}

/** SQL that records a migration as undone and returns the time that took. */
export function recordRollbackSql(
  entry: LedgerEntry,
  toolVersion: string,
  duration: string = elapsed,
): string {
  return `${history("rollback", entry, toolVersion, duration)}
DELETE FROM socrates_db.migrations WHERE number = ${entry.number} RETURNING ${duration} AS "durationMs"`;
}
