import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { formatNumber } from "../migration-number.ts";
import type { MigrationFile, Script } from "../migrations/files.ts";
import { type Scripts, scriptFor } from "../migrations/scripts.ts";
import { identifier } from "../sql/quote.ts";
import { scriptSettingsSql } from "./fresh-session.ts";
import { ledgerLockSql, raiseIf, scriptSql, verdictOf } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { migrationError } from "./sql-error.ts";
import { interrupted } from "./transaction.ts";
import type { LockedDatabase } from "./with-locks.ts";

/** A table that a rollback drops, or a column of a table that it keeps. */
export interface Dropped {
  readonly schema: string;
  readonly table: string;
  /** Undefined for the table itself. */
  readonly column: string | undefined;
}

/**
 * What the rollback of one migration drops, and the number of rows lost: for a column, those in which it is not null.
 */
export interface Loss {
  readonly file: MigrationFile;
  readonly dropped: Dropped;
  /** Undefined if the role cannot count them: row-level security hides rows, or it lacks the privilege. */
  readonly rows: number | undefined;
}

/** The database of a rehearsal, and whether its advisory lock is held. */
export type Rehearsed = Pick<LockedDatabase, "key" | "session" | "lock">;

interface ColumnRow {
  readonly id: string;
  readonly tableId: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

const listColumns = `SELECT c.oid || '.' || a.attnum AS id, c.oid::text AS "tableId", n.nspname AS schema, c.relname AS "table", a.attname AS "column"
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'socrates_db')
ORDER BY c.oid, a.attnum`;

/** Tables and columns in `before` that are missing in `after`, a dropped table without its columns. */
function droppedBetween(before: readonly ColumnRow[], after: readonly ColumnRow[]): Dropped[] {
  const columns = new Set(after.map(({ id }) => id));
  const tables = new Set(after.map(({ tableId }) => tableId));
  const seen = new Set<string>();
  return before.flatMap(({ id, tableId, schema, table, column }): Dropped[] => {
    if (columns.has(id)) return [];
    if (tables.has(tableId)) return [{ schema, table, column }];
    if (seen.has(tableId)) return [];
    seen.add(tableId);
    return [{ schema, table, column: undefined }];
  });
}

function qualified({ schema, table }: Dropped): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/**
 * Counts all rows, or none: without `row_security = off` PostgreSQL would count only those that a policy shows
 * (manual, section 5.9), even to the table's owner if it is subject to policies.
 */
async function rowsIn(session: Session, dropped: Dropped): Promise<number | undefined> {
  const counted = dropped.column === undefined ? "*" : identifier(dropped.column);
  try {
    const [row] = await session.run<{ rows: string }>(
      `SAVEPOINT count; SET LOCAL row_security = off; SELECT count(${counted})::text AS rows FROM ${qualified(dropped)}`,
    );
    return Number(row?.rows ?? 0);
  } catch (error) {
    if (!isServerError(error) || error.code !== insufficientPrivilege) throw error;
    await session.run("ROLLBACK TO SAVEPOINT count");
    return undefined;
  }
}

/** SQLSTATE if row-level security would filter the query, or a privilege is missing (manual, appendix A). */
const insufficientPrivilege = "42501";

/**
 * Rolls back one migration in the rehearsal. A script that cannot run in a transaction drops no rows: it is an index
 * or the like.
 */
async function rehearseOne(
  { session, lock }: Rehearsed,
  script: Script,
  settings: RunSettings,
): Promise<void> {
  try {
    await session.run(`SAVEPOINT one; ${scriptSql(session, script, settings, lock)} RELEASE SAVEPOINT one`);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (settings.signal.aborted && error.code === "57014") throw interrupted();
    if (!script.noTransaction || error.code !== "25001") throw migrationError(error, script);
    await session.run("ROLLBACK TO SAVEPOINT one");
  }
}

/**
 * Rolls back migrations of one database in a transaction that is always rolled back, and counts the rows in what they
 * drop. PostgreSQL itself reports what a script drops: its text would not show what a function or a cascade does.
 * @param files in the order of the rollback
 */
export async function rehearse(
  database: Rehearsed,
  files: readonly MigrationFile[],
  scripts: Scripts,
  settings: RunSettings,
): Promise<Loss[]> {
  const { session, lock } = database;
  try {
    await session.run(
      `${beginSql} ${scriptSettingsSql(settings, "LOCAL")} ${ledgerLockSql(lock)} SAVEPOINT start`,
    );
    const drops: { file: MigrationFile; dropped: Dropped }[] = [];
    let before = await session.run<ColumnRow>(listColumns);
    for (const file of files) {
      await rehearseOne(database, scriptFor(scripts, file), settings);
      const after = await session.run<ColumnRow>(listColumns);
      for (const dropped of droppedBetween(before, after)) drops.push({ file, dropped });
      before = after;
    }
    await session.run("ROLLBACK TO SAVEPOINT start");
    const losses: Loss[] = [];
    for (const { file, dropped } of drops)
      losses.push({ file, dropped, rows: await rowsIn(session, dropped) });
    return losses;
  } catch (error) {
    if (verdictOf(error) !== "moved") throw error;
    throw new SocratesError("lock-timeout", `${session.label}: another runner is changing the ledger`, {
      hint: "Let it finish, then run the command again.",
      cause: error,
    });
  } finally {
    await session.run("ROLLBACK").catch(() => {});
    session.takeNotices();
  }
}

/**
 * SQL that locks out new rows in what is about to be dropped, and ends the transaction if there are some since the
 * rehearsal.
 */
export function lossGuardSql(drops: readonly Dropped[]): string {
  if (drops.length === 0) return "";
  const guards = drops.map((dropped) => {
    const found = dropped.column === undefined ? "" : ` WHERE ${identifier(dropped.column)} IS NOT NULL`;
    const rows = `EXISTS (SELECT FROM ${qualified(dropped)}${found})`;
    return `LOCK TABLE ${qualified(dropped)} IN ACCESS EXCLUSIVE MODE;
${raiseIf(rows, "rows-found", `${describeDropped(dropped)} holds rows`)}`;
  });
  return `SET LOCAL row_security = off; ${guards.join("\n")} RESET row_security;`;
}

/** `public.users`, or `public.users.email` for a column. */
export function describeDropped({ schema, table, column }: Dropped): string {
  return [schema, table, ...(column === undefined ? [] : [column])].join(".");
}

/** One table or column with its number of rows, as text. */
export function describeLoss({ dropped, rows, file }: Loss): string {
  const held = rows ?? "rows that row-level security may hide";
  return `${describeDropped(dropped)} ${held} (${formatNumber(file.number)}, ${file.database})`;
}
