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

/** The ledger of a database. Without one both parts are empty. */
export interface Ledger {
  /** Key of the database to which the chain belongs, for example `shop`; undefined without a ledger. */
  readonly chain: string | undefined;
  /** Ordered by number. */
  readonly rows: readonly LedgerRow[];
  /**
   * Numbers of statements outside transactions that were started and never recorded, if no other runner is active.
   */
  readonly interrupted: readonly number[];
}

export const emptyLedger: Ledger = { chain: undefined, rows: [], interrupted: [] };

/**
 * Creates the ledger. The history is append-only: its trigger refuses changes. The statements are idempotent, as
 * several runners may run them one after the other. Text columns are bounded, so that every row fits a page:
 * otherwise PostgreSQL would create a TOAST table for each (manual, "TOAST"), which takes longer than the table
 * itself. Older ledgers have unbounded columns.
 */
const createLedger = `
DO $$ BEGIN
  -- Checked first: even with IF NOT EXISTS, CREATE SCHEMA needs the privilege, and COMMENT the ownership.
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

/** SQL that creates a missing ledger and records which database it belongs to. */
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
 * @throws SocratesError `ledger-invalid` if its tables are not those of this program
 * @throws SocratesError `privilege-missing` if they cannot be read
 */
export async function readLedger(session: Session): Promise<Ledger> {
  const rows = await session.read<Row>(readRows).catch((error: unknown) => {
    throw ledgerError(session, error);
  });
  return ledgerOf(rows);
}

/** Creates and reads the ledger in one message. */
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
        hint: "Grant USAGE on schema socrates_db and SELECT, INSERT, UPDATE, DELETE on its tables, or use the role that created them.",
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

/** The row to write for one migration, or the row to delete. */
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

/** SQL that records that such a statement failed without an effect. */
export function recordFailureSql(entry: LedgerEntry, toolVersion: string): string {
  return history("fail", entry, toolVersion, "NULL");
}

function insertRow(entry: LedgerEntry, toolVersion: string, duration: string): string {
  return `INSERT INTO socrates_db.migrations (number, name, phase, checksum, applied_at, duration_ms, applied_by, tool_version)
VALUES (${entry.number}, ${literal(entry.name)}, ${entry.phase}, ${literal(entry.checksum)}, clock_timestamp(), ${duration}, session_user, ${literal(toolVersion)})`;
}

/**
 * SQL that records a migration as applied and returns its duration; `duration` is SQL, by default the time since the
 * start of its message.
 */
export function recordApplySql(entry: LedgerEntry, toolVersion: string, duration: string = elapsed): string {
  return `${history("apply", entry, toolVersion, duration)}
${insertRow(entry, toolVersion, duration)}
RETURNING duration_ms AS "durationMs"`;
}

/**
 * SQL that records a migration as applied whose objects already existed. The time and role are unknown, so it records
 * now and the current user.
 */
export function recordAdoptSql(entry: LedgerEntry, toolVersion: string): string {
  return `${history("adopt", entry, toolVersion, "NULL")}
${insertRow(entry, toolVersion, "0")};`;
}

/** SQL that records a migration as rolled back and returns the duration. */
export function recordRollbackSql(
  entry: LedgerEntry,
  toolVersion: string,
  duration: string = elapsed,
): string {
  return `${history("rollback", entry, toolVersion, duration)}
DELETE FROM socrates_db.migrations WHERE number = ${entry.number} RETURNING ${duration} AS "durationMs"`;
}
