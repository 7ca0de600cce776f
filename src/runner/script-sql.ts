import { randomUUID } from "node:crypto";
import { isServerError, type ServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { lockHeldCondition } from "../ledger/advisory-lock.ts";
import type { Script } from "../migrations/files.ts";
import { dollarQuoted, literal } from "../sql/quote.ts";
import type { Statement } from "../sql/statements.ts";
import { freshSessionSql, scriptSettingsSql, settleConstraintsSql, type Timeouts } from "./fresh-session.ts";

/** Why a guard ended a transaction. */
export type Verdict = "lock-lost" | "done" | "moved" | "rows-found";

/** Identifies the errors of guards. Generated at each start, so that no migration can raise such an error. */
const guardMark = randomUUID();

function raise(verdict: Verdict, message: string): string {
  return `RAISE EXCEPTION USING MESSAGE = ${literal(message)}, DETAIL = '${guardMark}', HINT = '${verdict}';`;
}

/** The verdict of a guard's error; undefined for every other error, whatever its SQLSTATE. */
export function verdictOf(error: unknown): Verdict | undefined {
  if (!isServerError(error) || error.detail !== guardMark) return undefined;
  const verdicts: readonly Verdict[] = ["lock-lost", "done", "moved", "rows-found"];
  return verdicts.find((verdict) => verdict === error.hint);
}

/** SQL that ends the transaction if a condition holds. */
export function raiseIf(condition: string, verdict: Verdict, message: string): string {
  return `DO ${dollarQuoted(`BEGIN IF ${condition} THEN ${raise(verdict, message)} END IF; END`)};`;
}

/**
 * SQL that locks out other runners until the end of the transaction. Without the advisory lock several may queue
 * here; after the lock timeout, a runner waits again outside a transaction.
 * @param lock whether this backend holds the advisory lock; see `Guard`
 */
export function ledgerLockSql(lock: boolean): string {
  const take = "LOCK TABLE socrates_db.migrations IN SHARE ROW EXCLUSIVE MODE;";
  if (lock) return take;
  const moved = raise("moved", "another runner is changing the ledger");
  return `DO ${dollarQuoted(`BEGIN ${take} EXCEPTION WHEN lock_not_available THEN ${moved} END`)};`;
}

/** Conditions that must still hold inside the transaction. */
export interface Guard {
  readonly chain: string;
  /** The last number in the ledger, null for none. */
  readonly head: number | null;
  readonly number: number;
  /** Whether the migration must be in the ledger (to roll it back) or must not (to apply it). */
  readonly applied: boolean;
  /** Whether this backend must hold the advisory lock; a pooled session has none and relies on the table lock. */
  readonly lock: boolean;
}

/** SQL that ends the transaction with a verdict if the guard fails. */
export function guardSql({ chain, head, number, applied, lock }: Guard): string {
  const headMoved = `(SELECT max(number) FROM socrates_db.migrations) IS DISTINCT FROM ${head ?? "NULL"}`;
  const otherChain = `(SELECT name FROM socrates_db.chain) IS DISTINCT FROM ${literal(chain)}`;
  const inLedger = `EXISTS (SELECT FROM socrates_db.migrations WHERE number = ${number})`;
  const when = (condition: string, verdict: Verdict, message: string) =>
    `IF ${condition} THEN ${raise(verdict, message)} END IF;`;
  const checks = [
    lock ? when(`NOT ${lockHeldCondition}`, "lock-lost", "the advisory lock is no longer held") : "",
    // Checked separately: the ledger of an overtaken runner may be beyond its next migration.
    when(`${applied ? "NOT " : ""}${inLedger}`, "done", "another runner did it first"),
    when(`${headMoved} OR ${otherChain}`, "moved", "the ledger has changed"),
  ];
  return `DO ${dollarQuoted(`BEGIN ${checks.join(" ")} END`)};`;
}

/** A NOTICE reports truncated names, so it is raised even if a script turns notices off. */
const allNotices = "SET LOCAL client_min_messages = notice;";

/**
 * Template of a statement's block; its EXECUTE is on a different line in adjacent statements, the first one on line
 * 2.
 */
const distinctLines = 128;

/**
 * Wraps each statement of a script in a DO block, so that PostgreSQL itself refuses transaction control: EXECUTE may
 * not end the transaction (manual, section 41.8). Each is a separate statement of the message, with its own statement
 * timeout. In errors, the line of the EXECUTE identifies the statement, in any language.
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
 * The statement of a script that caused an error, by the outermost call in PostgreSQL's context; undefined for an
 * error outside of all statements, such as that of a deferred constraint.
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

/** PostgreSQL's name for a DO block in an error's context; it is never translated. */
const wrapper = "inline_code_block";

/**
 * The statements of a script inside a transaction: a fresh session before them; after them their deferred constraints
 * are checked and the session is reset again.
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
