import { checkNoLoneFiles, checkNoPooler, runAtomic } from "./atomic.ts";
import { type ChainFiles, checkChains } from "./files.ts";
import { emptyLedger } from "./ledger.ts";
import { withLocks } from "./locked.ts";
import { exchangeMarks } from "./marks.ts";
import {
  type DatabaseInput,
  isAbsent,
  type OpenDatabase,
  type Project,
  readLedgers,
  withDatabases,
} from "./open.ts";
import { checkLimit, type Limit, type Plan, planFiles, planUp } from "./plan.ts";
import { checkExtensions, checkUnoccupied, checkWritable } from "./preflight.ts";
import { type Done, loadChains, runPlan } from "./run-plan.ts";
import { readScripts, type Scripts } from "./scripts.ts";
import type { RunSettings } from "./settings.ts";
import { sideBySide } from "./side-by-side.ts";
import { splitStatements } from "./statements.ts";
import { checkChain, compareChain, type MigrationStatus } from "./validate.ts";

export interface MigrateOptions extends RunSettings {
  readonly limit: Limit;
  /** One transaction per database over all that is pending; both commit only when both have succeeded. */
  readonly atomic: boolean;
}

/** What a run did and where each database stands after it. */
export interface MigrateResult {
  readonly outcome: "applied" | "up-to-date";
  readonly done: readonly Done[];
  /** Numbers in the ledger afterwards, by database. */
  readonly applied: ReadonlyMap<string, ReadonlySet<number>>;
}

function statusesOf(
  database: { key: string; chain: DatabaseInput["chain"]; ledger: OpenDatabase["ledger"] },
  label: string,
): readonly MigrationStatus[] {
  const statuses = compareChain(database.chain, database.ledger);
  checkChain(label, statuses);
  return statuses;
}

/** Everything that can refuse a plan, for all databases, before any of them is touched. */
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
    checkWritable(session, info);
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

/**
 * The databases to open. Embedded ones that do not exist are made by opening them, so what they would run is checked
 * before that; where there is nothing to run, they are not made.
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

/**
 * Brings the chains of all databases to a limit, phase by phase.
 * @throws SocratesError; where it does so before the first migration, nothing was changed
 */
export async function migrate(
  { chains, databases: inputs }: Project,
  options: MigrateOptions,
): Promise<MigrateResult> {
  checkChains(chains);
  checkLimit(chains, options.limit);
  return withDatabases(
    toOpen(inputs, options),
    "migrate",
    async (open) => {
      const planFor = (statuses: readonly (readonly MigrationStatus[])[]) =>
        planUp(
          open.map(({ key }, i) => ({ database: key, statuses: statuses[i] ?? [] })),
          options.limit,
        );
      const first = planFor(open.map((database) => statusesOf(database, database.session.label)));
      const before = new Map(
        open.map(({ key, ledger }) => [key, new Set(ledger.rows.map(({ number }) => number))]),
      );
      if (first.length === 0) return { outcome: "up-to-date", done: [], applied: before };
      loadChains();
      const firstScripts = readScripts(first, "up");
      if (options.atomic) checkNoLoneFiles(firstScripts);
      await preflight(open, chains, first, firstScripts);
      const affected = open.filter(({ key }) => planFiles(first).some((file) => file.database === key));
      if (options.atomic) checkNoPooler(affected);
      return withLocks(affected, planFiles(first), options, async (locked) => {
        const plan = planUp(
          locked.map(({ key, statuses }) => ({ database: key, statuses })),
          options.limit,
        );
        const run = {
          databases: locked,
          plan,
          // Whoever held the lock may have undone more than was pending before.
          scripts: planFiles(plan).every((file) => firstScripts.has(file))
            ? firstScripts
            : readScripts(plan, "up"),
          direction: "up",
          settings: options,
        } as const;
        const done = await (options.atomic ? runAtomic(run) : runPlan(run));
        if (done.length > 0) await exchangeMarks(locked, open);
        const after = new Map(locked.map(({ key, applied }) => [key, applied]));
        return {
          outcome: done.length === 0 ? "up-to-date" : "applied",
          done,
          applied: new Map([...before, ...after]),
        };
      });
    },
    options.signal,
  );
}

/**
 * What `migrate` would do now, without changing anything: embedded databases that do not exist yet are not made.
 * @throws SocratesError as `migrate` does before its first migration, as far as reading tells
 */
export async function planMigrate(
  { chains, databases: inputs }: Project,
  limit: Limit,
): Promise<{ plan: Plan; scripts: Scripts }> {
  checkChains(chains);
  checkLimit(chains, limit);
  const databases = await readLedgers(inputs, "migrate --dry-run");
  const plan = planUp(
    databases.map((database) => ({ database: database.key, statuses: statusesOf(database, database.key) })),
    limit,
  );
  return { plan, scripts: readScripts(plan, "up") };
}
