import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { scriptSettingsSql } from "../runner/fresh-session.ts";
import { ledgerLockSql } from "../runner/script-sql.ts";
import { interrupted } from "../runner/transaction.ts";
import { identifier, literal } from "../sql/quote.ts";
import { copyChunks } from "./copy-binary.ts";
import type { SeedEvent } from "./events.ts";
import { type Target, tableName } from "./live-tables.ts";
import type { Run } from "./population.ts";
import { type Rebuild, readLateIndexes, readRebuild } from "./rebuild.ts";
import { openRecordSql, recordSql } from "./record.ts";

/** What to do in one database, in one transaction that the caller ends. */
export interface Load {
  readonly session: Session;
  readonly run: Run;
  readonly targets: readonly Target[];
  /** Tables to truncate first. */
  readonly empty: readonly string[];
  /** Tables whose rows are deleted first, in this order: others refer to them, so they cannot be truncated. */
  readonly clear: readonly string[];
  /** Whether to keep the rows of earlier runs. */
  readonly adds: boolean;
  /** Whether to drop and recreate constraints and indexes: for many rows and empty tables. */
  readonly rebuild: boolean;
  readonly lockTimeout: number;
  readonly statementTimeout: number;
  readonly toolVersion: string;
  readonly signal: AbortSignal;
  readonly report: (event: SeedEvent) => void;
}

/** Indexes and foreign keys over millions of rows are built in memory if possible; PostgreSQL's default is 64 MB. */
const maintenanceMemory =
  "SELECT pg_catalog.set_config('maintenance_work_mem', '256MB', true) WHERE pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem')) < 268435456";

/**
 * Statistics from three thousand rows per table instead of thirty thousand: enough for the plans of foreign key
 * checks; autovacuum improves them later.
 */
const fewStatistics = "SET LOCAL default_statistics_target = 10";

function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted();
}

/** Where a table's sequence continues. */
interface Counter {
  readonly next: number;
  readonly sequence: string | null;
}

async function readCounter(session: Session, { table }: Target): Promise<Counter> {
  const { name, counter } = table;
  if (counter === undefined) return { next: 1, sequence: null };
  const [row] = await session.run<{ next: string; sequence: string | null }>(
    `SELECT COALESCE(max(${identifier(counter)}), 0) + 1 AS next, pg_catalog.pg_get_serial_sequence(${literal(tableName(name))}, ${literal(counter)}) AS sequence FROM ${tableName(name)}`,
  );
  return { next: Number(row?.next ?? 1), sequence: row?.sequence ?? null };
}

/** An error of the server as a SocratesError; others pass through. @param what the step, for the message */
export function failure(session: Session, what: string, error: unknown, signal: AbortSignal): unknown {
  if (!isServerError(error)) return error;
  if (signal.aborted && error.code === "57014") return interrupted();
  return new SocratesError("seed-failed", `${session.label}: ${what}: ${error.message} (${error.code})`, {
    hint: "All databases were rolled back. Fix the cause, then run the command again.",
    cause: error,
  });
}

async function fill(load: Load, target: Target): Promise<number> {
  const { session, run, signal, report } = load;
  const { table, columns, encoders, later } = target;
  const { next, sequence } = await readCounter(session, target);
  let count = 0;
  const onRows = (rows: number) => {
    checkSignal(signal);
    count += rows;
    report({ kind: "rows", database: session.key, table: table.name, rows });
  };
  // Rows of a table that was emptied in this transaction need no second pass of vacuum (manual, "COPY", FREEZE).
  const options = load.empty.includes(table.name) ? "FORMAT binary, FREEZE" : "FORMAT binary";
  await session.copy(
    `COPY ${tableName(table.name)} (${columns.map(identifier).join(", ")}) FROM STDIN WITH (${options})`,
    copyChunks(table.rows({ run, firstId: next, later }), encoders, onRows),
  );
  // Unlike setval(), this is rolled back (manual, section 9.17).
  if (sequence !== null) await session.run(`ALTER SEQUENCE ${sequence} RESTART WITH ${next + count}`);
  report({ kind: "loaded", database: session.key, table: table.name, rows: count });
  return count;
}

/** Runs statements one by one, so that each can be cancelled and its failure has a name. */
async function runAll(load: Load, what: string, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) load.report({ kind: "finishing", database: load.session.key, what });
  for (const statement of statements) {
    checkSignal(load.signal);
    await load.session.run(statement).catch((error: unknown) => {
      throw failure(load.session, what, error, load.signal);
    });
  }
}

const nothing: Rebuild = { drop: [], create: [] };

/**
 * Fills the tables of one database and records the run. Leaves the transaction open: the caller commits when all
 * databases are ready.
 * @returns rows by table
 */
export async function loadDatabase(load: Load): Promise<ReadonlyMap<string, number>> {
  const { session, targets, empty, clear, adds, toolVersion, run } = load;
  const names = targets.map(({ table }) => table.name);
  const { drop, create } = load.rebuild ? await readRebuild(session, names) : nothing;
  const truncate = empty.length === 0 ? [] : [`TRUNCATE ${empty.map(tableName).join(", ")} RESTART IDENTITY`];
  const begin = `${beginSql} ${scriptSettingsSql(load, "LOCAL")} ${ledgerLockSql(true)} ${fewStatistics}; ${maintenanceMemory}`;
  await runAll(load, "preparing", [
    begin,
    ...truncate,
    ...clear.map((table) => `DELETE FROM ${tableName(table)}`),
    ...drop,
    openRecordSql(adds),
  ]);
  const rows = new Map<string, number>();
  for (const target of targets) {
    checkSignal(load.signal);
    const count = await fill(load, target).catch((error: unknown) => {
      throw failure(session, `the rows of ${target.table.name} were refused`, error, load.signal);
    });
    rows.set(target.table.name, count);
  }
  // Statistics also help the checks of foreign keys, which use plans.
  await runAll(
    load,
    "gathering statistics",
    names.map((name) => `ANALYZE ${tableName(name)}`),
  );
  await runAll(load, "making indexes and foreign keys", create);
  const late = load.rebuild ? [] : await readLateIndexes(session, names);
  await runAll(
    load,
    "rebuilding the vector index",
    late.map((index) => `REINDEX INDEX ${index}`),
  );
  await runAll(load, "checking deferred constraints", [
    "SET CONSTRAINTS ALL IMMEDIATE",
    recordSql(run, rows, toolVersion),
  ]);
  return rows;
}
