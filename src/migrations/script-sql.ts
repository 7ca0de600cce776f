import { dollarQuoted, literal } from "../database/quote.ts";
import type { Script } from "./files.ts";
import { lockHeldCondition } from "./lock.ts";

/** What every transaction of a migration is bounded by; milliseconds, 0 for none. */
export interface Timeouts {
  readonly lockTimeout: number;
  readonly statementTimeout: number;
}

/** SQLSTATEs that the guard raises; class SD is in no use by PostgreSQL (manual, appendix A). */
export const guardStates = { lockLost: "SD001", done: "SD002", moved: "SD003", rowsFound: "SD004" } as const;

function raise(state: string, message: string): string {
  return `RAISE EXCEPTION USING ERRCODE = '${state}', MESSAGE = ${literal(message)};`;
}

/**
 * Keeps other runners out until the end of the transaction. Without the advisory lock several may come at once and queue
 * here; one that has waited for the lock timeout goes back to wait for them outside a transaction.
 */
function ledgerLockSql(lock: boolean): string {
  const take = "LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE;";
  if (lock) return take;
  const moved = raise(guardStates.moved, "another runner is changing the ledger");
  return `DO ${dollarQuoted(`BEGIN ${take} EXCEPTION WHEN lock_not_available THEN ${moved} END`)};`;
}

/**
 * Settings of a migration's transaction, and its lock on the ledger. `search_path` keeps the schema of the caller out; the
 * others undo what a role or database may have set as its default (manual, section 20.11).
 * @param lock whether this backend holds the advisory lock; see `Guard`
 */
export function transactionSettings({ lockTimeout, statementTimeout }: Timeouts, lock = true): string {
  return `SET LOCAL search_path = public, pg_temp; SET LOCAL lock_timeout = ${lockTimeout}; SET LOCAL statement_timeout = ${statementTimeout};
SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL standard_conforming_strings = on; SET LOCAL client_min_messages = notice;
${ledgerLockSql(lock)}`;
}

/** What must still be true inside the transaction, whatever was read before it began. */
export interface Guard {
  readonly chain: string;
  /** The number at the head of the ledger, null for none. */
  readonly head: number | null;
  readonly number: number;
  /** Whether the migration must be in the ledger (to undo it) or must not (to apply it). */
  readonly applied: boolean;
  /** Whether this backend must hold the advisory lock; a pooled session has none and relies on the table lock alone. */
  readonly lock: boolean;
}

/** SQL that ends the transaction with one of `guardStates` where the guard does not hold. */
export function guardSql({ chain, head, number, applied, lock }: Guard): string {
  const lockLost = raise(guardStates.lockLost, "the advisory lock is no longer held");
  const done = raise(guardStates.done, "another runner was faster");
  const moved = raise(guardStates.moved, "the ledger has changed");
  const headMoved = `(SELECT max(number) FROM socrates_db.migrations) IS DISTINCT FROM ${head ?? "NULL"}`;
  const otherChain = `(SELECT name FROM socrates_db.chain) IS DISTINCT FROM ${literal(chain)}`;
  const inLedger = `EXISTS (SELECT FROM socrates_db.migrations WHERE number = ${number})`;
  const checks = [
    lock ? `IF NOT ${lockHeldCondition} THEN ${lockLost} END IF;` : "",
    // Not told by the head: a runner that was overtaken knows a ledger beyond the migration that it comes to next.
    `IF ${applied ? "NOT " : ""}${inLedger} THEN ${done} END IF;`,
    `IF ${headMoved} OR ${otherChain} THEN ${moved} END IF;`,
  ];
  return `DO ${dollarQuoted(`BEGIN ${checks.join(" ")} END`)};`;
}

/** A script as one DO statement, and on which of its lines each statement begins. */
export interface ScriptSql {
  readonly sql: string;
  /** `lines[i]` is the line of the block on which statement `i` is executed, counted as plpgsql does from 1. */
  readonly lines: readonly number[];
}

/**
 * Wraps a script so that PostgreSQL itself refuses transaction control in it: a statement run by EXECUTE may not end the
 * transaction (manual, section 41.8). Each statement is an EXECUTE of its own, so that an error names its line.
 */
export function scriptSql(script: Script): ScriptSql {
  const lines: number[] = [];
  let line = 2;
  const parts = script.statements.map((statement) => {
    lines.push(line);
    const part = `EXECUTE ${dollarQuoted(statement.text)};\n`;
    line += part.split("\n").length - 1;
    return part;
  });
  return { sql: `DO ${dollarQuoted(`BEGIN\n${parts.join("")}END`)};`, lines };
}
