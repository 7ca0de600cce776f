import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { planFiles } from "../migrations/plan.ts";
import type { Scripts } from "../migrations/scripts.ts";
import type { OpenDatabase } from "../project/open.ts";
import { isPooled } from "../project/preflight.ts";
import { displayPath } from "../sql/source-file.ts";
import { resolveLoss } from "./lost-commit.ts";
import { reportNotices } from "./notices.ts";
import type { Done } from "./result.ts";
import { type PlanRun, runPlan } from "./run-plan.ts";
import { type Task, taskSql } from "./run-task.ts";
import type { RunEvent, RunSettings } from "./settings.ts";
import { interrupted, rollBack, transactionError, withRetries } from "./transaction.ts";
import type { LockedDatabase } from "./with-locks.ts";

/** @throws SocratesError `file-invalid` for a migration that cannot be part of one transaction */
export function checkNoLoneFiles(scripts: Scripts): void {
  for (const { noTransaction, source } of scripts.values()) {
    if (noTransaction)
      throw new SocratesError(
        "file-invalid",
        `${displayPath(source.path)} runs outside a transaction and cannot be part of an atomic run`,
        {
          hint: "Run without --atomic, or stop before it with --to.",
        },
      );
  }
}

/** @throws SocratesError `pooler-unsupported`: the ledger is read before the transaction begins, so a lock must span both */
export function checkNoPooler(databases: readonly OpenDatabase[]): void {
  for (const { session, info } of databases) {
    if (isPooled(session, info))
      throw new SocratesError(
        "pooler-unsupported",
        `${session.label} is reached through a connection pooler, where an atomic run cannot lock out other runners`,
        { hint: "Use the direct URL of the server, or run without --atomic." },
      );
  }
}

type DoneEvent = Extract<RunEvent, { kind: "done" }>;

/** Runs a task inside the open transaction. */
async function runInside(task: Task, settings: RunSettings): Promise<number> {
  task.session.takeNotices();
  try {
    const [row] = await task.session.run<{ durationMs: number }>(taskSql(task, settings));
    reportNotices(task, settings);
    if (settings.signal.aborted) throw interrupted();
    return row?.durationMs ?? 0;
  } catch (error) {
    const failure = transactionError(error, task, settings.signal);
    reportNotices(task, settings, failure);
    throw failure;
  }
}

/** Commits one after the other; without prepared transactions PostgreSQL cannot commit in two databases at once. */
async function commitAll(
  run: PlanRun,
  databases: readonly LockedDatabase[],
  onCommitted: (database: LockedDatabase) => void,
): Promise<void> {
  if (run.settings.signal.aborted) throw interrupted();
  const committed: string[] = [];
  for (const database of databases) {
    try {
      await database.session.run("COMMIT");
    } catch (error) {
      const last = planFiles(run.plan).findLast((file) => file.database === database.key);
      const known = last === undefined ? error : await resolveLoss(error, database, last, run.direction);
      const message = known instanceof Error ? known.message : String(known);
      const before = committed.length === 0 ? "" : `${committed.join(", ")} is committed; `;
      throw new SocratesError(
        known instanceof SocratesError ? known.code : "migration-failed",
        `${before}${database.key}: ${message}`,
        {
          hint: "Run the command again: it applies what is still pending.",
          cause: error,
        },
      );
    }
    committed.push(database.key);
    onCommitted(database);
  }
}

/**
 * Runs a plan with one transaction per database: all pending migrations, or none. If a lock is not available,
 * everything is rolled back and started over, so that no lock is held while waiting.
 * @param onCommitted called for each database before its migrations are reported
 */
export async function runAtomic(
  run: PlanRun,
  onCommitted: (database: LockedDatabase) => void = () => {},
): Promise<Done[]> {
  const [firstFile] = planFiles(run.plan);
  if (firstFile === undefined) return [];
  const taken = new Set(run.plan.flatMap(({ parts }) => parts.map(({ database }) => database)));
  const databases = run.databases.filter(({ key }) => taken.has(key));
  const before = new Map(databases.map(({ key, applied }) => [key, [...applied]]));
  return withRetries(firstFile, run.settings, async () => {
    // Steps are reported after the commit: until then they may be rolled back and retried.
    const unsaid: DoneEvent[] = [];
    const report = (event: RunEvent) => {
      if (event.kind === "done") unsaid.push(event);
      else run.settings.report(event);
    };
    try {
      await Promise.all(databases.map(({ session }) => session.run(beginSql)));
      const done = await runPlan({ ...run, settings: { ...run.settings, report } }, runInside);
      await commitAll(run, databases, (database) => {
        onCommitted(database);
        for (const event of unsaid) if (event.file.database === database.key) run.settings.report(event);
      });
      return done;
    } catch (error) {
      await Promise.all(databases.map(({ session }) => rollBack(session, error)));
      for (const { key, applied } of databases) {
        applied.clear();
        for (const number of before.get(key) ?? []) applied.add(number);
      }
      throw error;
    }
  });
}
