import { randomUUID } from "node:crypto";
import { isServerError, type ServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { lockHeldCondition } from "../ledger/advisory-lock.ts";
import type { Script } from "../migrations/files.ts";
import { dollarQuoted, literal } from "../sql/quote.ts";
import type { Statement } from "../sql/statements.ts";
import { freshSessionSql, scriptSettingsSql, settleConstraintsSql, type Timeouts } from "./fresh-session.ts";

/** Why a guard has ended a transaction. */
export type Verdict = "lock-lost" | "done" | "moved" | "rows-found";

/** Marks the errors of our own guards. It is made up at each start, so no migration can raise such an error. */
const guardMark = randomUUID();

function raise(verdict: Verdict, message: string): string {
  return `RAISE EXCEPTION USING MESSAGE = ${literal(message)}, DETAIL = '${guardMark}', HINT = '${verdict}';`;
}

/** What a guard says by an error; undefined for every error that is not a guard's, whatever its SQLSTATE. */
export function verdictOf(error: unknown): Verdict | undefined {
  if (!isServerError(error) || error.detail !== guardMark) return undefined;
  const verdicts: readonly Verdict[] = ["lock-lost", "done", "moved", "rows-found"];
  return verdicts.find((verdict) => verdict === error.hint);
}

/** SQL that ends the transaction where a condition holds. */
export function raiseIf(condition: string, verdict: Verdict, message: string): string {
  return `DO ${dollarQuoted(`BEGIN IF ${condition} THEN ${raise(verdict, message)} END IF; END`)};`;
}

/**
 * SQL that keeps other runners out until the end of the transaction. Without the advisory lock several may come at once
 * and queue here; one that has waited for the lock timeout goes back to wait for them outside a transaction.
 * @param lock whether this backend holds the advisory lock; see `Guard`
 */
export function ledgerLockSql(lock: boolean): string {
  const take = "LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE;";
  if (lock) return take;
  const moved = raise("moved", "another runner is changing the ledger");
  return `DO ${dollarQuoted(`BEGIN ${take} EXCEPTION WHEN lock_not_available THEN ${moved} END`)};`;
}

/** What must still be true inside the transaction, whatever was read before it began. */
export interface Guard {
  readonly chain: string;
  /** The number at the head of the ledger, null for none. */
  readonly head: number | null;
  readonly number: number;
  /** Whether the migration must be in the ledger (to roll it back) or must not (to apply it). */
  readonly applied: boolean;
  /** Whether this backend must hold the advisory lock; a pooled session has none and relies on the table lock alone. */
  readonly lock: boolean;
}

/** SQL that ends the transaction with a verdict where the guard does not hold. */
export function guardSql({ chain, head, number, applied, lock }: Guard): string {
  const headMoved = `(SELECT max(number) FROM socrates_db.migrations) IS DISTINCT FROM ${head ?? "NULL"}`;
  const otherChain = `(SELECT name FROM socrates_db.chain) IS DISTINCT FROM ${literal(chain)}`;
  const inLedger = `EXISTS (SELECT FROM socrates_db.migrations WHERE number = ${number})`;
  const when = (condition: string, verdict: Verdict, message: string) =>
    `IF ${condition} THEN ${raise(verdict, message)} END IF;`;
  const checks = [
    lock ? when(`NOT ${lockHeldCondition}`, "lock-lost", "the advisory lock is no longer held") : "",
    // Not told by the head: a runner that was overtaken knows a ledger beyond the migration that it comes to next.
    when(`${applied ? "NOT " : ""}${inLedger}`, "done", "another runner was faster"),
    when(`${headMoved} OR ${otherChain}`, "moved", "the ledger has changed"),
  ];
  return `DO ${dollarQuoted(`BEGIN ${checks.join(" ")} END`)};`;
}

/** A NOTICE says which names were cut, so a script that turns notices off gets them all the same. */
const allNotices = "SET LOCAL client_min_messages = notice;";

/** Statements in a row whose blocks differ in the line of their EXECUTE; the first of them has line 2. */
const distinctLines = 128;

/**
 * Wraps each statement of a script in a DO block, so that PostgreSQL itself refuses transaction control in it: what is
 * run by EXECUTE may not end the transaction (manual, section 41.8). Each is a statement of the message by itself, which a
 * statement timeout bounds by itself. The line of the EXECUTE names the statement in errors, in any language.
 */
export function statementsSql({ statements }: Script): string {
  return statements
    .map(({ text }, i) =>
      dollarQuoted(`BEGIN${"\n".repeat((i % distinctLines) + 1)}EXECUTE ${dollarQuoted(text)}; END`),
    )
    .map((block) => `${allNotices} DO ${block};`)
    .join("\n");
}

/**
 * The statement of a script at which an error arose, by the outermost call that PostgreSQL names; undefined for an error
 * outside of all statements, such as that of a deferred constraint.
 */
export function failedStatement(error: ServerError, { statements }: Script): Statement | undefined {
  const { where = "", internal_query = "" } = error;
  const outermost = where.slice(where.lastIndexOf("\n") + 1);
  if (!outermost.includes(wrapper)) return undefined;
  const line = Number(/\d+/.exec(outermost.replace(wrapper, ""))?.[0]);
  const candidates = statements.filter((_, i) => (i % distinctLines) + 2 === line);
  return (
    candidates.find(({ text }) => internal_query === text || where.includes(text)) ??
    (candidates.length === 1 ? candidates[0] : undefined)
  );
}

/** What PostgreSQL calls a DO block in the context of an error; no translation changes it. */
const wrapper = "inline_code_block";

/**
 * The statements of a script with all that belongs to them inside a transaction: a fresh session before them, their
 * deferred constraints checked and a fresh session again behind them, so that what follows is not theirs.
 * @param lock whether this session holds the runner's advisory lock
 * @param before SQL between the settings and the statements
 */
export function scriptSql(
  session: Session,
  script: Script,
  timeouts: Timeouts,
  lock: boolean,
  before = "",
): string {
  return `${freshSessionSql(session, lock)}
${scriptSettingsSql(timeouts, "LOCAL")}
${before}
${statementsSql(script)}
${settleConstraintsSql}
${freshSessionSql(session, lock)}
${scriptSettingsSql(timeouts, "LOCAL")} SET LOCAL search_path = pg_catalog, pg_temp;`;
}
