import type { Session } from "../database/session.ts";
import { keepAliveSql } from "../database/session-sql.ts";
import { releaseOtherLocksSql } from "../ledger/advisory-lock.ts";
import { literal } from "../sql/quote.ts";

/** The limits for a script's statements; milliseconds, 0 for none. */
export interface Timeouts {
  readonly lockTimeout: number;
  readonly statementTimeout: number;
}

/**
 * SQL that resets a session to its initial state: user, role, settings, cursors, prepared statements, notifications,
 * temporary objects, sequences, advisory locks, and unpredictable random numbers. It does what DISCARD ALL does
 * (manual, "DISCARD"), but works inside a transaction and keeps the runner's own lock.
 * Custom settings (`app.tenant`) become empty: PostgreSQL cannot remove them from a session.
 * @param lock whether this session holds the runner's advisory lock
 */
export function freshSessionSql({ target, applicationName }: Session, lock: boolean): string {
  // The embedded engine has no login to return to; if clients share it, none can leave its role.
  const user =
    target.kind === "embedded" && target.connect === undefined
      ? "SET SESSION AUTHORIZATION postgres"
      : "RESET SESSION AUTHORIZATION";
  // Behind a pooler, the backend was opened with another client's name.
  return `${user}; RESET ROLE; RESET ALL; SET client_encoding = 'UTF8'; SET application_name = ${literal(applicationName)}; ${keepAliveSql}
CLOSE ALL; DEALLOCATE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES;
SELECT ${releaseOtherLocksSql(lock)},
  pg_catalog.setseed(('x' || pg_catalog.left(pg_catalog.gen_random_uuid()::pg_catalog.text, 8))::pg_catalog.bit(32)::pg_catalog.int4 / 2147483648.0::pg_catalog.float8);`;
}

/**
 * Settings with which every script starts, on top of the session's: the caller's `search_path` has no effect, and
 * ours replace the timeouts of a role or database (manual, section 20.11). Temporary tables hide others, as in psql.
 * @param scope `LOCAL` in a transaction; `SESSION` for a statement that runs outside of one
 */
export function scriptSettingsSql(
  { lockTimeout, statementTimeout }: Timeouts,
  scope: "LOCAL" | "SESSION",
): string {
  const settings = [
    "search_path = public",
    `lock_timeout = ${lockTimeout}`,
    `statement_timeout = ${statementTimeout}`,
    "idle_in_transaction_session_timeout = 0",
    "standard_conforming_strings = on",
    "client_min_messages = notice",
    "default_transaction_isolation = 'read committed'",
    "default_transaction_read_only = off",
    "default_transaction_deferrable = off",
  ];
  return settings.map((setting) => `SET ${scope} ${setting};`).join(" ");
}

/**
 * SQL that checks a script's deferred constraints at its end, where its own COMMIT would, and resets all constraints
 * to their declared mode: otherwise SET CONSTRAINTS would affect the next script of the transaction. If several
 * constraints share a name and one has no mode, it keeps the mode IMMEDIATE (manual, "SET CONSTRAINTS": a name means
 * all).
 */
export const settleConstraintsSql = [
  "DO $$ DECLARE names pg_catalog.text; BEGIN",
  `SELECT pg_catalog.string_agg(name, ', ') INTO names FROM (${constraintNames("bool_or(c.condeferrable)")}) found;`,
  "IF names IS NOT NULL THEN EXECUTE 'SET CONSTRAINTS ' || names || ' IMMEDIATE'; END IF;",
  `SELECT pg_catalog.string_agg(name, ', ') INTO names FROM (${constraintNames("bool_and(c.condeferred)")}) found;`,
  "IF names IS NOT NULL THEN EXECUTE 'SET CONSTRAINTS ' || names || ' DEFERRED'; END IF; END $$;",
].join(" ");

/** SQL for the names of constraints that match a condition on all constraints of the name. */
function constraintNames(condition: string): string {
  return `SELECT pg_catalog.format('%I.%I', n.nspname, c.conname) AS name FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace GROUP BY 1 HAVING pg_catalog.${condition} ORDER BY 1`.replaceAll(
    "\n",
    " ",
  );
}
