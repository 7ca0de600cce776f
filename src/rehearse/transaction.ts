import { isServerError, type ServerError } from "../database/server-error.ts";
import { beginSql } from "../database/session-sql.ts";
import { freshSessionSql, scriptSettingsSql, settleConstraintsSql } from "../runner/fresh-session.ts";
import type { Shadow } from "../shadow/shadow.ts";
import type { Statement } from "../sql/statements.ts";
import type { CatalogFacts } from "./catalog-facts.ts";
import { locksIn } from "./effects.ts";
import type { Lock } from "./locks.ts";
import { readChanges, readFacts, readLocks } from "./read-facts.ts";
import type { PlannedReads, TargetFigures } from "./sizes/reads.ts";

/** How a session of the target is set up. */
export interface SessionSetup {
  /** In milliseconds: the runner's limit, which a script may change. */
  readonly lockTimeout: number;
  /** `SET LOCAL` statements for the session settings of the target. */
  readonly settings: string;
}

/** A statement that ran, with the catalogs before and after it. */
export interface Ran {
  readonly statement: Statement;
  readonly before: CatalogFacts;
  readonly after: CatalogFacts;
  /** Where it has a plan, and the figures of the target are known. */
  readonly reads?: PlannedReads;
}

/** Statements that ran in one transaction, which is still open. */
export interface Attempt {
  readonly ran: readonly Ran[];
  /** The failure of the statement after these; of the last one, where a deferred constraint fails at the end. */
  readonly failure?: { readonly error: ServerError; readonly before: CatalogFacts };
}

/** SQL that opens a transaction as the runner does. */
export function startSql(shadow: Shadow, { lockTimeout, settings }: SessionSetup): string {
  const limits = { lockTimeout, statementTimeout: 0 };
  return `${beginSql} ${freshSessionSql(shadow, false)} ${scriptSettingsSql(limits, "LOCAL")} ${settings}`;
}

/** Ends the transaction and resets the session. */
export async function end(shadow: Shadow, how: "COMMIT" | "ROLLBACK"): Promise<void> {
  await shadow.runAsIs(`${how}; ${freshSessionSql(shadow, false)}`);
}

/** Reads whole catalogs in the shadow's session. */
export function factsIn(shadow: Shadow): Promise<CatalogFacts> {
  return readFacts({ run: shadow.runAsIs });
}

/** Runs statements in one transaction, which stays open, and reads the catalogs after each. */
export async function attempt(
  shadow: Shadow,
  statements: readonly Statement[],
  setup: SessionSetup & { readonly figures?: TargetFigures | undefined },
): Promise<Attempt> {
  await shadow.runAsIs(startSql(shadow, setup));
  const ran: Ran[] = [];
  let before = await factsIn(shadow);
  try {
    for (const statement of statements) {
      await shadow.runAsIs(statement.text);
      const after = await readChanges({ run: shadow.runAsIs }, before);
      const reads = await setup.figures?.reads(shadow, statement, after);
      ran.push({ statement, before, after, ...(reads && { reads }) });
      before = after;
    }
    await shadow.runAsIs(settleConstraintsSql);
    return { ran };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { ran, failure: { error, before } };
  }
}

/** Creates the roles, tablespaces and extensions that statements name, as far as they run. */
export async function supply(
  shadow: Shadow,
  statements: readonly Statement[],
  setup: SessionSetup,
): Promise<void> {
  const whole = statements.map(({ text }) => `${text};`).join("\n");
  try {
    await shadow.run(`${startSql(shadow, setup)} ${whole} ROLLBACK`);
  } catch (error) {
    // The next attempt reports it.
    if (!isServerError(error)) throw error;
    await shadow.runAsIs("ROLLBACK");
  }
}

/** Runs statements in one transaction and commits it. */
export async function runWhole(
  shadow: Shadow,
  statements: readonly Statement[],
  setup: SessionSetup,
): Promise<void> {
  await shadow.runAsIs(startSql(shadow, setup));
  for (const { text } of statements) await shadow.runAsIs(text);
  await end(shadow, "COMMIT");
}

/**
 * The locks of each statement alone: it is committed by itself, after the settings that the script has made before it.
 * @throws the server's error for statements that need to be in one transaction; some may be committed then
 */
export async function ownLocks(
  shadow: Shadow,
  ran: readonly Ran[],
  setup: SessionSetup,
  known: ReadonlySet<number>,
): Promise<Lock[][]> {
  const found: Lock[][] = [];
  const settings: string[] = [];
  for (const { statement, before } of ran) {
    await shadow.runAsIs(`${startSql(shadow, setup)} ${settings.join(" ")}`);
    await shadow.runAsIs(statement.text);
    found.push(locksIn(await readLocks({ run: shadow.runAsIs }), [before], known));
    await end(shadow, "COMMIT");
    if (["SET", "RESET"].includes(statement.words[0] ?? "")) settings.push(`${statement.text};`);
  }
  return found;
}
