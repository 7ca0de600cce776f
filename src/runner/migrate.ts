import { emptyLedger } from "../ledger/ledger.ts";
import { type ChainFiles, checkChains, type MigrationFile } from "../migrations/files.ts";
import {
  type ChainStatus,
  checkLimit,
  type Limit,
  type Plan,
  planFiles,
  planUp,
} from "../migrations/plan.ts";
import { downWarning, readScripts, type Scripts } from "../migrations/scripts.ts";
import {
  aheadOf,
  chainProblems,
  checkChain,
  compareChain,
  isInterrupted,
  type MigrationStatus,
  refuseAhead,
} from "../migrations/validate.ts";
import { checkExtensions } from "../project/extensions.ts";
import { keptLedger } from "../project/kept-ledger.ts";
import {
  type DatabaseInput,
  isAbsent,
  type OpenDatabase,
  type Project,
  readLedgers,
  targetsOf,
  withDatabases,
} from "../project/open.ts";
import { checkUnoccupied, checkWritable, refusePooled, unusedSearchPath } from "../project/preflight.ts";
import { splitStatements } from "../sql/statements.ts";
import { checkNoLoneFiles, checkNoPooler, runAtomic } from "./atomic.ts";
import { isPrepared, onPreparedHeads, recordHeads } from "./prepared-head.ts";
import { type Planned, plannedScripts, type RunDatabase, runDatabases } from "./result.ts";
import { finish, loadChains, runPlan } from "./run-plan.ts";
import type { RunSettings } from "./settings.ts";
import { type Confirmation, settleInterrupted } from "./settle.ts";
import { sideBySide } from "./side-by-side.ts";
import { type LockedDatabase, withLocks } from "./with-locks.ts";

export interface MigrateOptions extends RunSettings {
  readonly limit: Limit;
  /** One transaction per database with all pending migrations; they commit only if all have succeeded. */
  readonly atomic: boolean;
  /** The user's answer for an interrupted statement outside transactions. */
  readonly confirmation?: Confirmation;
}

/** The result of a run, and the state of each database after it. */
export interface MigrateResult {
  readonly outcome: "applied" | "up-to-date" | "ahead";
  readonly databases: readonly RunDatabase[];
}

/** The outcome of a run that had nothing to do. */
function idle(statuses: readonly (readonly MigrationStatus[])[]): "up-to-date" | "ahead" {
  return statuses.some((own) => aheadOf(own).length > 0) ? "ahead" : "up-to-date";
}

/** Refuses to apply anything if one of the databases is ahead: the newer version knows the order of all. */
function refuseBehind(plan: Plan, databases: readonly Labelled[]): void {
  const [first] = planFiles(plan);
  if (first === undefined) return;
  for (const { label, statuses } of databases)
    refuseAhead(label, statuses, `but ${first.id} of ${first.database} is pending`);
}

/** The name of one database in messages. */
interface Labelled {
  readonly label: string;
  readonly statuses: readonly MigrationStatus[];
}

function statusesOf(
  database: { key: string; chain: DatabaseInput["chain"]; ledger: OpenDatabase["ledger"] },
  label: string,
): readonly MigrationStatus[] {
  const statuses = compareChain(database.chain, database.ledger);
  checkChain(label, statuses);
  return statuses;
}

/** All checks that can refuse a plan, for all databases, before any of them is changed. */
async function preflight(
  open: readonly OpenDatabase[],
  chains: readonly ChainFiles[],
  plan: Plan,
  scripts: Scripts,
): Promise<void> {
  const pending = planFiles(plan);
  await sideBySide(open, async ({ key, session, info }) => {
    const own = pending.filter((file) => file.database === key);
    if (own.length === 0) return;
    checkWritable(
      session,
      info,
      own.flatMap((file) => scripts.get(file) ?? []),
    );
    if (!info.hasLedger)
      await checkUnoccupied(session, chains, (chain) =>
        chain.migrations.flatMap((file) => splitStatements(file.source.text)),
      );
    await checkExtensions(
      session,
      info,
      own.flatMap((file) => scripts.get(file) ?? []),
    );
  });
}

/** Warns of transactions that have long used what the pending scripts name: the scripts may have to wait for them. */
async function warnOfLocks(
  { key, session, info }: OpenDatabase,
  files: readonly MigrationFile[],
  scripts: Scripts,
  { lockTimeout, report }: MigrateOptions,
): Promise<void> {
  const [first, ...others] = files.filter(({ database }) => database === key);
  if (first === undefined || !info.hasLedger || session.target.kind === "embedded") return;
  const statements = [first, ...others].flatMap((file) => scripts.get(file)?.statements ?? []);
  const names = new Set(statements.flatMap((statement) => statement.names));
  // Most runs have nothing to do.
  const { longHeldLocks } = await import("../project/moment.ts");
  const held = await longHeldLocks(session, [...names], lockTimeout / 1_000);
  for (const lock of held.slice(0, mostWarnings))
    report({ kind: "warning", file: first, message: `${first.id}: ${lock}: it may have to wait` });
}

/** More of them would hide the first. */
const mostWarnings = 3;

/**
 * The databases to open. Opening a missing embedded database creates it, so its scripts are checked first, and it is
 * not created if there is nothing to run.
 */
function toOpen(inputs: readonly DatabaseInput[], { limit, atomic }: MigrateOptions): DatabaseInput[] {
  return inputs.filter((input) => {
    if (!isAbsent(input)) return true;
    const plan = planUp([{ database: input.key, statuses: compareChain(input.chain, emptyLedger) }], limit);
    const scripts = readScripts(plan, "up");
    if (atomic) checkNoLoneFiles(scripts);
    return plan.length > 0;
  });
}

/** The databases as they start: without anything else to do than all migrations, as prepared heads. */
function startOf(inputs: readonly DatabaseInput[], { limit, atomic }: MigrateOptions) {
  return limit.phase === undefined && limit.number === undefined && !atomic
    ? onPreparedHeads(inputs)
    : inputs;
}

function runnerOf(databases: readonly LockedDatabase[], { atomic }: MigrateOptions) {
  if (databases.some(isPrepared)) return recordHeads;
  return atomic ? runAtomic : runPlan;
}

/** The result for embedded databases that have nothing to do, as the ledgers next to them say; they need not start. */
function upToDate(project: Project, limit: Limit): MigrateResult | undefined {
  const { databases: inputs } = project;
  const all = inputs.flatMap((input) => {
    const ledger = keptLedger(input);
    if (ledger === undefined) return [];
    return [{ key: input.key, database: input.key, ledger, statuses: compareChain(input.chain, ledger) }];
  });
  // What is wrong is reported with the database at hand.
  if (all.length < inputs.length || all.some(({ statuses }) => chainProblems(statuses).length > 0))
    return undefined;
  if (planUp(all, limit).length > 0 || all.some(isInterrupted)) return undefined;
  const before = new Map(
    all.map(({ key, ledger }) => [key, new Set(ledger.rows.map(({ number }) => number))]),
  );
  return {
    outcome: idle(all.map(({ statuses }) => statuses)),
    databases: runDatabases(project, [], before, targetsOf(inputs, [])),
  };
}

/**
 * Brings the chains of all databases to a limit, phase by phase.
 * @throws SocratesError; if thrown before the first migration, nothing was changed
 */
export async function migrate(project: Project, options: MigrateOptions): Promise<MigrateResult> {
  const { chains, databases: inputs } = project;
  checkChains(chains);
  checkLimit(chains, options.limit);
  const unchanged = options.confirmation === undefined ? upToDate(project, options.limit) : undefined;
  if (unchanged !== undefined) return unchanged;
  return withDatabases(
    startOf(toOpen(inputs, options), options),
    "migrate",
    async (open) => {
      const planFor = (databases: readonly ChainStatus[]) => planUp(databases, options.limit);
      const standing = open.map((database) => ({
        database: database.key,
        label: database.session.label,
        statuses: statusesOf(database, database.session.label),
      }));
      const first = planFor(standing);
      refuseBehind(first, standing);
      const before = new Map(
        open.map(({ key, ledger }) => [key, new Set(ledger.rows.map(({ number }) => number))]),
      );
      const targets = targetsOf(inputs, open);
      if (first.length === 0 && options.confirmation === undefined && !standing.some(isInterrupted)) {
        const outcome = idle(standing.map(({ statuses }) => statuses));
        return { outcome, databases: runDatabases(project, [], before, targets) };
      }
      loadChains();
      const scripts = new Map(readScripts(first, "up"));
      const checked = new Set<string>();
      /** Checks a plan; what was checked before the locks is not checked again. */
      const check = async (databases: readonly OpenDatabase[], plan: Plan) => {
        const files = planFiles(plan);
        for (const [file, script] of readScripts(plan, "up", scripts)) scripts.set(file, script);
        if (options.atomic) checkNoLoneFiles(scripts);
        const fresh = databases.filter(
          ({ key }) => !checked.has(key) && files.some((file) => file.database === key),
        );
        for (const { key } of fresh) checked.add(key);
        await preflight(fresh, chains, plan, scripts);
        for (const { key, info } of fresh) {
          const searchPath = unusedSearchPath(info);
          if (searchPath !== undefined) options.report({ kind: "search-path", database: key, searchPath });
        }
        await sideBySide(fresh, (database) => warnOfLocks(database, files, scripts, options));
        if (options.atomic) checkNoPooler(fresh);
        for (const database of databases) refusePooled(database, scripts);
      };
      await check(open, first);
      const settle = (databases: readonly LockedDatabase[]) =>
        settleInterrupted(databases, options, options.confirmation);
      const checkLocked = async (databases: readonly LockedDatabase[], plan: Plan) => {
        refuseBehind(
          plan,
          databases.map(({ session, statuses }) => ({ label: session.label, statuses })),
        );
        await check(databases, plan);
      };
      return withLocks(open, options, { settle, plan: planFor, check: checkLocked }, async (locked, plan) => {
        const run = { databases: locked, plan, scripts, direction: "up", settings: options } as const;
        for (const file of planFiles(plan)) {
          const message = downWarning(file);
          if (message !== undefined) options.report({ kind: "warning", file, message });
        }
        const done = await runnerOf(locked, options)(run);
        await finish(run, done, open);
        return {
          outcome: done.length === 0 ? idle(locked.map(({ statuses }) => statuses)) : "applied",
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

/**
 * What `migrate` would do now, without changing anything: missing embedded databases are not created.
 * @throws SocratesError as `migrate` does before its first migration, as far as reading shows
 */
export async function planMigrate({ chains, databases: inputs }: Project, limit: Limit): Promise<Planned> {
  checkChains(chains);
  checkLimit(chains, limit);
  const databases = await readLedgers(inputs, "migrate --dry-run");
  const standing = databases.map((database) => ({
    label: database.key,
    database: database.key,
    statuses: statusesOf(database, database.key),
  }));
  const plan = planUp(standing, limit);
  refuseBehind(plan, standing);
  return { targets: targetsOf(databases, []), scripts: plannedScripts(plan, readScripts(plan, "up")) };
}
