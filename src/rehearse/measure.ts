import { isServerError, type ServerError } from "../database/server-error.ts";
import { scriptSettingsSql } from "../runner/fresh-session.ts";
import type { Shadow } from "../shadow/shadow.ts";
import type { Statement } from "../sql/statements.ts";
import { effectsOf, locksIn } from "./effects.ts";
import type { Known } from "./known.ts";
import { blocksOf, type Lock } from "./locks.ts";
import type { Measured, Outcome, Unmeasured } from "./outcome.ts";
import { factsOutside } from "./outside-facts.ts";
import type { TargetFigures } from "./sizes/reads.ts";
import {
  attempt,
  end,
  factsIn,
  ownLocks,
  type Ran,
  runWhole,
  type SessionSetup,
  supply,
} from "./transaction.ts";

export interface MeasureOptions extends SessionSetup {
  readonly known: Known;
  /** Removes the generated rows. @returns false if there are none left */
  readonly removeRows: () => Promise<boolean>;
  /** Ends the shadow, and opens one in the state before this script. */
  readonly again: () => Promise<Shadow>;
  /** With which what reads or changes rows is planned; undefined where they are not known. */
  readonly figures: TargetFigures | undefined;
}

/** The results, and the shadow that has run the script: another one where it had to be run again. */
export interface MeasuredScript {
  readonly outcomes: readonly Outcome[];
  readonly shadow: Shadow;
}

/** SQLSTATE classes of errors that depend on rows: cardinality, data, integrity (manual, appendix A). */
const dataErrors = /^(?:21|22|23)/;

/** What a transaction holds after each of its statements. */
function heldIn(ran: readonly Ran[], known: ReadonlySet<number>): Lock[][] {
  const [first] = ran;
  return ran.map(({ before, after }) =>
    locksIn(after.locks, first === undefined ? [] : [before, first.before], known),
  );
}

/** @param held by the transaction after each statement @param own locks of each statement */
function measuredOf(
  ran: readonly Ran[],
  known: ReadonlySet<number>,
  held: readonly (readonly Lock[])[],
  own: readonly (readonly Lock[])[],
): Measured[] {
  return ran.map(({ statement, before, after, reads }, i) => {
    const locks = held[i] ?? [];
    const effects = effectsOf(before, after, known);
    return {
      statement,
      locks: own[i] ?? [],
      held: locks,
      ...effects,
      blocks: blocksOf(locks),
      before,
      after,
      ...(reads && { reads }),
    };
  });
}

/** The modes that each statement adds to those of its transaction. */
function addedLocks(held: readonly (readonly Lock[])[]): (readonly Lock[])[] {
  return held.map((locks, i) => {
    const before = new Set(held[i - 1]?.map(({ oid, mode }) => `${oid} ${mode}`));
    return locks.filter(({ oid, mode }) => !before.has(`${oid} ${mode}`));
  });
}

/** Commits what ran, and measures the locks of each statement by itself. */
async function commit(
  shadow: Shadow,
  ran: readonly Ran[],
  options: MeasureOptions,
): Promise<{ readonly measured: readonly Measured[]; readonly shadow: Shadow }> {
  const [first] = ran;
  if (first === undefined) {
    await end(shadow, "ROLLBACK");
    return { measured: [], shadow };
  }
  const known = options.known.in(first.before);
  const held = heldIn(ran, known);
  const measured = (own: readonly (readonly Lock[])[]) => measuredOf(ran, known, held, own);
  // As long as the transaction holds nothing, what it holds after a statement is the statement's own.
  if (held.slice(0, -1).every((locks) => locks.length === 0)) {
    await end(shadow, "COMMIT");
    return { measured: measured(held), shadow };
  }
  await end(shadow, "ROLLBACK");
  try {
    return { measured: measured(await ownLocks(shadow, ran, options, known)), shadow };
  } catch (error) {
    if (!isServerError(error)) throw error;
    const used = await options.again();
    const statements = ran.map(({ statement }) => statement);
    await runWhole(used, statements, options);
    return { measured: measured(addedLocks(held)), shadow: used };
  }
}

/** The outcomes of a script that fails: what ran before, the failure, and what did not run. */
function stoppedAt(
  failed: Unmeasured,
  statements: readonly Statement[],
  ran: readonly Ran[],
  known: ReadonlySet<number>,
): Outcome[] {
  const held = heldIn(ran, known);
  const measured = new Map(measuredOf(ran, known, held, addedLocks(held)).map((one) => [one.statement, one]));
  return statements.map((statement): Outcome => {
    if (statement === failed.statement) return failed;
    const reason = "a statement before it fails";
    return measured.get(statement) ?? { statement, reason, lacking: false };
  });
}

/** Measures a script that runs in one transaction, and commits it unless it fails. */
export async function measureTransaction(
  shadow: Shadow,
  statements: readonly Statement[],
  options: MeasureOptions,
): Promise<MeasuredScript> {
  const lacking = new Map<Statement, Unmeasured>();
  const dataFailures = new Map<Statement, ServerError>();
  for (let isSupplied = false; ; ) {
    const tried = statements.filter((statement) => !lacking.has(statement));
    const { ran, failure } = await attempt(shadow, tried, options);
    if (failure === undefined) {
      const last = ran.at(-1);
      const { measured, shadow: used } = await commit(shadow, ran, options);
      if (last !== undefined) options.known.learn(last.after);
      const outcomes = new Map<Statement, Outcome>(lacking);
      for (const one of measured) {
        const dataFailure = dataFailures.get(one.statement);
        outcomes.set(one.statement, dataFailure === undefined ? one : { ...one, dataFailure });
      }
      return { outcomes: statements.flatMap((statement) => outcomes.get(statement) ?? []), shadow: used };
    }
    await end(shadow, "ROLLBACK");
    const { error, before } = failure;
    const failed = tried[Math.min(ran.length, tried.length - 1)];
    if (failed === undefined) throw error;
    if (!isSupplied) {
      isSupplied = true;
      await supply(shadow, tried, options);
      continue;
    }
    if (dataErrors.test(error.code) && (await options.removeRows())) {
      dataFailures.set(failed, error);
      continue;
    }
    const outcome = unmeasured(shadow, failed, error);
    if (!outcome.lacking)
      return { outcomes: stoppedAt(outcome, statements, ran, options.known.in(before)), shadow };
    lacking.set(failed, outcome);
    isSupplied = false;
  }
}

function unmeasured(shadow: Shadow, statement: Statement, error: ServerError): Unmeasured {
  return { statement, reason: error.message, error, lacking: shadow.leaveOut(statement.text, error) };
}

/** Measures a statement that runs outside of a transaction: its locks and scans come from a table of facts. */
export async function measureOutside(
  shadow: Shadow,
  statement: Statement,
  options: MeasureOptions,
): Promise<MeasuredScript> {
  const limits = { lockTimeout: options.lockTimeout, statementTimeout: 0 };
  const settings = options.settings.replaceAll("SET LOCAL", "SET");
  for (let dataFailure: ServerError | undefined; ; ) {
    await shadow.runAsIs(`${scriptSettingsSql(limits, "SESSION")} ${settings}`);
    const before = await factsIn(shadow);
    try {
      await shadow.run(statement.text);
    } catch (error) {
      if (!isServerError(error)) throw error;
      if (dataErrors.test(error.code) && (await options.removeRows())) {
        dataFailure = error;
        continue;
      }
      const { locks: locksTaken } = factsOutside(statement, before, before, options.known.in(before));
      return { outcomes: [{ ...unmeasured(shadow, statement, error), locksTaken }], shadow };
    } finally {
      await end(shadow, "ROLLBACK");
    }
    const after = await factsIn(shadow);
    const known = options.known.in(before);
    options.known.learn(after);
    const { locks, scans, isMomentary } = factsOutside(statement, before, after, known);
    const { rewrites } = effectsOf(before, after, known);
    const blocks = isMomentary ? "nothing" : blocksOf(locks);
    const failure = dataFailure === undefined ? {} : { dataFailure };
    return {
      outcomes: [{ statement, locks, held: locks, rewrites, scans, blocks, before, after, ...failure }],
      shadow,
    };
  }
}
