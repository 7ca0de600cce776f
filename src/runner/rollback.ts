import { emptyLedger } from "../ledger/ledger.ts";
import { type ChainFiles, checkChains, type MigrationFile } from "../migrations/files.ts";
import {
  type ChainStatus,
  checkLimit,
  type Plan,
  planDown,
  planFiles,
  type RollbackLimit,
} from "../migrations/plan.ts";
import { readScripts, type Scripts } from "../migrations/scripts.ts";
import { checkChain, compareChain, isInterrupted, refuseAhead } from "../migrations/validate.ts";
import { retainExtensions } from "../project/extensions.ts";
import {
  isAbsent,
  type OpenDatabase,
  type Project,
  type ReadDatabase,
  targetsOf,
  withDatabases,
} from "../project/open.ts";
import { checkWritable, refusePooled } from "../project/preflight.ts";
import { withCancel } from "./cancel.ts";
import {
  describeDropped,
  describeLoss,
  type Loss,
  lossGuardSql,
  type Rehearsed,
  rehearse,
} from "./data-loss.ts";
import { type Planned, plannedScripts, type RunDatabase, runDatabases } from "./result.ts";
import { finish, runPlan } from "./run-plan.ts";
import type { RunSettings } from "./settings.ts";
import { settleInterrupted } from "./settle.ts";
import { sideBySide } from "./side-by-side.ts";
import { dataLoss, withRetries } from "./transaction.ts";
import { type LockedDatabase, withLocks } from "./with-locks.ts";

export interface RollbackOptions extends RunSettings {
  readonly limit: RollbackLimit;
  /** Drop tables and columns even if they hold rows. */
  readonly allowDataLoss: boolean;
}

export interface RollbackResult {
  readonly outcome: "rolled-back" | "up-to-date";
  readonly databases: readonly RunDatabase[];
}

const unknownDown = "so its down file is not known here";

function checkRollbackLimit(chains: readonly ChainFiles[], limit: RollbackLimit): void {
  checkChains(chains);
  // Number 0 is below the first migration: roll back everything.
  if (!("steps" in limit) && !("number" in limit && limit.number === 0)) checkLimit(chains, limit);
}

/** @throws SocratesError `data-loss`, with the rows of each table; an unknown number counts as rows */
function refuseLoss(losses: readonly Loss[]): void {
  const lost = losses.filter(({ rows }) => rows !== 0);
  if (lost.length === 0) return;
  const total = lost.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  const atLeast = lost.some(({ rows }) => rows === undefined) ? "at least " : "";
  const list = lost.slice(0, 5).map(describeLoss);
  const more = lost.length > 5 ? ` and ${lost.length - 5} more` : "";
  throw dataLoss(
    `this would lose ${atLeast}${total} ${total === 1 ? "row" : "rows"}: ${list.join(", ")}${more}`,
  );
}

/**
 * Runs the down files in transactions that are rolled back, on all databases side by side: a failure changes nothing.
 */
async function rehearseAll(
  databases: readonly Rehearsed[],
  files: readonly MigrationFile[],
  scripts: Scripts,
  settings: RunSettings,
): Promise<Loss[]> {
  const rehearsals = await sideBySide(databases, async (database) => {
    const own = files.filter((file) => file.database === database.key);
    const [first] = own;
    if (first === undefined) return [];
    return withRetries(first, settings, () => rehearse(database, own, scripts, settings));
  });
  return rehearsals.flat();
}

/** The scripts without the statements that would drop an extension that existed before its migration. */
async function withRetainedExtensions(
  databases: readonly Pick<OpenDatabase, "key" | "session">[],
  scripts: Scripts,
): Promise<{ scripts: Scripts; retained: readonly RetainedExtension[] }> {
  const result = new Map(scripts);
  const retained: RetainedExtension[] = [];
  for (const { key, session } of databases) {
    for (const [file, script] of scripts) {
      if (file.database !== key) continue;
      const { script: rest, names } = await retainExtensions(session, file, script);
      result.set(file, rest);
      for (const name of names)
        retained.push({ file, message: `${file.id} did not create the extension "${name}", so it stays` });
    }
  }
  return { scripts: result, retained };
}

/** The guard of each migration against losing more than the rehearsal has found. */
function lossGuards(files: readonly MigrationFile[], losses: readonly Loss[]): Map<MigrationFile, string> {
  return new Map(
    files.map((file) => [
      file,
      lossGuardSql(losses.filter((loss) => loss.file === file).map(({ dropped }) => dropped)),
    ]),
  );
}

/** @throws SocratesError `read-only`, `privilege-missing` for a database of the plan */
function checkAllWritable(databases: readonly OpenDatabase[], plan: Plan): void {
  const files = planFiles(plan);
  for (const { key, session, info } of databases)
    if (files.some((file) => file.database === key)) checkWritable(session, info);
}

function statusOf({ key, chain, ledger }: ReadDatabase, label: string): ChainStatus {
  const statuses = compareChain(chain, ledger);
  checkChain(label, statuses);
  refuseAhead(label, statuses, unknownDown);
  return { database: key, statuses };
}

/**
 * Rolls back migrations, the latest phase first; no database goes below a phase before all have rolled it back.
 * @throws SocratesError `data-loss` before anything is changed, if tables or columns hold rows
 */
export async function rollback(project: Project, options: RollbackOptions): Promise<RollbackResult> {
  const { chains, databases: inputs } = project;
  checkRollbackLimit(chains, options.limit);
  return withDatabases(
    inputs,
    "rollback",
    async (open) => {
      const planFor = (databases: readonly ChainStatus[]) => planDown(databases, options.limit);
      const before = new Map(
        open.map(({ key, ledger }) => [key, new Set(ledger.rows.map(({ number }) => number))]),
      );
      const standing = open.map((database) => statusOf(database, database.session.label));
      const first = planFor(standing);
      const targets = targetsOf(inputs, open);
      if (first.length === 0 && !standing.some(isInterrupted))
        return { outcome: "up-to-date", databases: runDatabases(project, [], before, targets) };
      const check = async (databases: readonly OpenDatabase[], plan: Plan) => {
        const scripts = readScripts(plan, "down");
        checkAllWritable(databases, plan);
        for (const database of databases) refusePooled(database, scripts);
      };
      await check(open, first);
      const settle = (databases: readonly LockedDatabase[]) => settleInterrupted(databases, options);
      const checkLocked = async (databases: readonly LockedDatabase[], plan: Plan) => {
        for (const { session, statuses } of databases) refuseAhead(session.label, statuses, unknownDown);
        await check(databases, plan);
      };
      return withLocks(open, options, { settle, plan: planFor, check: checkLocked }, async (locked, plan) => {
        const { scripts, retained } = await withRetainedExtensions(locked, readScripts(plan, "down"));
        for (const { file, message } of retained) options.report({ kind: "warning", file, message });
        // Also with `--allow-data-loss`: errors of a down file are then known before anything is changed.
        const losses = await rehearseAll(locked, planFiles(plan), scripts, options);
        if (!options.allowDataLoss) refuseLoss(losses);
        const run = {
          databases: locked,
          plan,
          scripts,
          direction: "down",
          settings: options,
          lossGuards: options.allowDataLoss ? new Map() : lossGuards(planFiles(plan), losses),
        } as const;
        const done = await runPlan(run);
        await finish(run, done, open);
        return {
          outcome: done.length === 0 ? "up-to-date" : "rolled-back",
          databases: runDatabases(
            project,
            done,
            new Map(locked.map(({ key, applied }) => [key, applied])),
            targets,
          ),
        };
      });
    },
    options.signal,
  );
}

/** An extension that a rollback keeps. */
interface RetainedExtension {
  readonly file: MigrationFile;
  readonly message: string;
}

/** A table or column that a rollback drops. */
export interface PlannedLoss {
  readonly database: string;
  /** The migration whose rollback drops it. */
  readonly number: number;
  readonly object: string;
  /** Undefined if the role cannot count them. */
  readonly rows: number | undefined;
  /** The same as text. */
  readonly text: string;
}

function plannedLoss(loss: Loss): PlannedLoss {
  const { file, dropped, rows } = loss;
  const { database, number } = file;
  return { database, number, object: describeDropped(dropped), rows, text: describeLoss(loss) };
}

/** What `rollback` would do. */
export interface PlannedRollback extends Planned {
  /** What it keeps, one sentence each: extensions that existed before. */
  readonly retained: readonly string[];
  /** What it drops, with the number of rows; empty without a rehearsal. */
  readonly losses: readonly PlannedLoss[];
}

/**
 * What `rollback` would do now, without changing anything. With settings the down files are rehearsed, which shows
 * the rows that would be lost and missing privileges.
 * @throws SocratesError as `rollback` does before its first migration
 */
export async function planRollback(
  { chains, databases: inputs }: Project,
  limit: RollbackLimit,
  settings?: RunSettings,
): Promise<PlannedRollback> {
  checkRollbackLimit(chains, limit);
  const present = inputs.filter((input) => !isAbsent(input));
  return withDatabases(present, "rollback --dry-run", async (open) => {
    const ledgers = new Map(open.map(({ key, ledger }) => [key, ledger]));
    const plan = planDown(
      inputs.map((input) => statusOf({ ...input, ledger: ledgers.get(input.key) ?? emptyLedger }, input.key)),
      limit,
    );
    const { scripts, retained } = await withRetainedExtensions(open, readScripts(plan, "down"));
    checkAllWritable(open, plan);
    const planned = {
      targets: targetsOf(inputs, open),
      scripts: plannedScripts(plan, scripts),
      retained: retained.map(({ message }) => message),
    };
    if (settings === undefined) return { ...planned, losses: [] };
    const unlocked = open.map((database) => ({ ...database, lock: false }));
    const losses = await withCancel(
      settings.signal,
      open.map(({ session }) => session),
      () => rehearseAll(unlocked, planFiles(plan), scripts, settings),
    );
    return { ...planned, losses: losses.map(plannedLoss) };
  });
}
