import { SocratesError } from "../errors.ts";
import { recordPeers } from "../ledger/peers.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { Plan } from "../migrations/plan.ts";
import type { Direction } from "../migrations/scripts.ts";
import { type Scripts, scriptFor } from "../migrations/scripts.ts";
import type { OpenDatabase } from "../project/open.ts";
import { checkBarrier, checkUnchanged } from "./barrier.ts";
import type { Chain } from "./chain.ts";
import { type LockWatch, watchLocks } from "./lock-watch.ts";
import { resolveLoss } from "./lost-commit.ts";
import type { Done } from "./result.ts";
import { runTask, type Task, type TaskRunner } from "./run-task.ts";
import type { RunSettings } from "./settings.ts";
import { interrupted, Overtaken } from "./transaction.ts";
import { headOf, type LockedDatabase, refresh } from "./with-locks.ts";

export interface PlanRun {
  readonly databases: readonly LockedDatabase[];
  readonly plan: Plan;
  readonly scripts: Scripts;
  readonly direction: Direction;
  readonly settings: RunSettings;
  /** SQL that guards one migration against losing rows; see `lossGuardSql`. */
  readonly lossGuards?: ReadonlyMap<MigrationFile, string>;
}

function taskOf(
  { scripts, direction, lossGuards }: PlanRun,
  { session, lock }: LockedDatabase,
  file: MigrationFile,
  head: number | null,
): Task {
  const lossGuard = lossGuards?.get(file);
  const task = { session, file, script: scriptFor(scripts, file), direction, head, lock };
  return lossGuard === undefined ? task : { ...task, lossGuard };
}

/** Runs one migration; skips it if another runner did it first. */
async function runOne(
  run: PlanRun,
  database: LockedDatabase,
  file: MigrationFile,
  runner: TaskRunner,
): Promise<number | undefined> {
  const { lockTimeout, report } = run.settings;
  const watch = watchLocks(database.session, lockTimeout, (build) => report({ kind: "build", file, build }));
  try {
    return await runWatched(run, database, file, runner, watch);
  } finally {
    watch.stop();
  }
}

async function runWatched(
  run: PlanRun,
  database: LockedDatabase,
  file: MigrationFile,
  runner: TaskRunner,
  { blocked }: LockWatch,
): Promise<number | undefined> {
  const { direction, settings } = run;
  const { applied } = database;
  for (;;) {
    try {
      return await runner({ ...taskOf(run, database, file, headOf(applied)), blocked }, settings);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw await resolveLoss(error, database, file, direction);
      const current = await refresh(database);
      applied.clear();
      for (const number of current.applied) applied.add(number);
      if (applied.has(file.number) === (direction === "up")) return undefined;
    }
  }
}

/**
 * Loads the chain runner, the largest part of the program, while the servers work on the next query: postgres.js
 * sends it in the next turn of the event loop, so this begins in the one after that.
 */
export function loadChains(): void {
  setImmediate(() => setImmediate(() => void import("./chain.ts").catch(() => {})));
}

/** The chain of one database, whose steps are reported and counted. */
async function chainFor(
  run: PlanRun,
  database: LockedDatabase,
  done: Done[],
  runner: TaskRunner,
): Promise<Chain> {
  const { openChain } = await import("./chain.ts");
  const { settings } = run;
  const step = (direction: Direction) => async (file: MigrationFile) => {
    if (settings.signal.aborted) throw interrupted();
    settings.report({ kind: "start", file, direction });
    const durationMs = await runOne(run, database, file, runner);
    if (direction === "up") database.applied.add(file.number);
    else database.applied.delete(file.number);
    if (durationMs === undefined)
      return settings.report({ kind: "skip", file, reason: "another runner did it first" });
    done.push({ database: database.key, file, durationMs });
    settings.report({ kind: "done", file, direction, durationMs });
  };
  return openChain(database.chain.migrations, {
    applied: database.applied,
    apply: step("up"),
    revert: step("down"),
  });
}

/**
 * Runs a plan phase by phase. Within a phase the databases run side by side; if one fails, the others finish the
 * phase, and the next phase does not begin.
 * @param runner runs one migration; by default in a separate transaction
 * @returns the finished migrations, in order of completion
 */
export async function runPlan(run: PlanRun, runner: TaskRunner = runTask): Promise<Done[]> {
  const { databases, plan, direction, settings } = run;
  const done: Done[] = [];
  const chains = new Map<string, Chain>();
  for (const database of databases) chains.set(database.key, await chainFor(run, database, done, runner));
  for (const { phase, parts } of plan) {
    settings.report({ kind: "phase", phase, direction });
    const work = parts.map(({ database, files }) => {
      const chain = chains.get(database);
      return direction === "up" ? chain?.up(files) : chain?.down(files);
    });
    const results = await Promise.allSettled(work);
    const failures = results.flatMap((result, i) =>
      result.status === "rejected" ? [{ database: parts[i]?.database ?? "", error: result.reason }] : [],
    );
    for (const failure of failures) settings.report({ kind: "failed", ...failure });
    if (failures.length > 0) throw combine(failures);
    await checkBarrier(databases, direction);
  }
  return done;
}

/**
 * Ends a run: updates the marks in changed databases, and checks that no other run has moved one in the meantime.
 * @throws SocratesError `lock-lost`
 */
export async function finish(
  { databases, direction }: PlanRun,
  done: readonly Done[],
  all: readonly OpenDatabase[],
): Promise<void> {
  if (done.length === 0) return;
  const changed = databases.filter(({ key }) => done.some(({ database }) => database === key));
  const ledgers = await recordPeers(changed, all);
  for (const database of databases) {
    const numbers = ledgers.get(database.key);
    if (numbers !== undefined) checkUnchanged(database, numbers, direction);
  }
}

/** The first failure; its message names other databases that also failed. */
function combine(failures: readonly { database: string; error: unknown }[]): unknown {
  const [first, ...others] = failures;
  const error = first?.error;
  if (!(error instanceof SocratesError) || others.length === 0 || error.code === "interrupted") return error;
  const also = others.map(
    (other) =>
      `${other.database} failed too: ${other.error instanceof Error ? other.error.message : other.error}`,
  );
  return error.with({ message: `${error.message}; ${also.join("; ")}` });
}
