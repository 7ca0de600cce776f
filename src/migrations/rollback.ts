import { describeDropped, type Loss, lossGuardSql, rehearse } from "./data-loss.ts";
import { type ChainFiles, checkChains, formatNumber, type MigrationFile } from "./files.ts";
import { type LockedDatabase, withLocks } from "./locked.ts";
import { exchangeMarks } from "./marks.ts";
import { type Project, readLedgers, targetsOf, withDatabases } from "./open.ts";
import { checkLimit, planDown, planFiles, type RollbackLimit } from "./plan.ts";
import { checkWritable } from "./preflight.ts";
import type { ReportedTarget } from "./reported-target.ts";
import { type Done, runPlan } from "./run-plan.ts";
import { type Planned, readScripts, type Scripts } from "./scripts.ts";
import type { RunSettings } from "./settings.ts";
import { dataLoss, withRetries } from "./transact.ts";
import { checkChain, compareChain, refuseAhead } from "./validate.ts";

export interface RollbackOptions extends RunSettings {
  readonly limit: RollbackLimit;
  /** Drop tables and columns even where they hold rows. */
  readonly allowDataLoss: boolean;
}

export interface RollbackResult {
  readonly outcome: "rolled-back" | "up-to-date";
  readonly done: readonly Done[];
  /** Numbers in the ledger afterwards, by database. */
  readonly applied: ReadonlyMap<string, ReadonlySet<number>>;
  /** Where each database is. */
  readonly targets: ReadonlyMap<string, ReportedTarget>;
}

const unknownDown = "so how to undo it is not known here";

function checkRollbackLimit(chains: readonly ChainFiles[], limit: RollbackLimit): void {
  checkChains(chains);
  // Number 0 is below the first migration: everything goes.
  if (!("steps" in limit) && !("number" in limit && limit.number === 0)) checkLimit(chains, limit);
}

/** @throws SocratesError `data-loss`, with the rows of each table */
function refuseLoss(losses: readonly Loss[]): void {
  const lost = losses.filter(({ rows }) => rows > 0);
  if (lost.length === 0) return;
  const total = lost.reduce((sum, { rows }) => sum + rows, 0);
  const list = lost
    .slice(0, 5)
    .map(
      ({ dropped, rows, file }) =>
        `${describeDropped(dropped)} ${rows} (${formatNumber(file.number)}, ${file.database})`,
    );
  const more = lost.length > 5 ? ` and ${lost.length - 5} more` : "";
  throw dataLoss(`this would lose ${total} ${total === 1 ? "row" : "rows"}: ${list.join(", ")}${more}`);
}

/** Finds out what would be lost, on all databases side by side, and how to guard each migration against losing more. */
async function guardLosses(
  databases: readonly LockedDatabase[],
  files: readonly MigrationFile[],
  scripts: Scripts,
  settings: RunSettings,
): Promise<Map<MigrationFile, string>> {
  const rehearsals = await Promise.all(
    databases.map(async (database) => {
      const own = files.filter((file) => file.database === database.key);
      const [first] = own;
      if (first === undefined) return [];
      return withRetries(first, settings, () => rehearse(database, own, scripts, settings));
    }),
  );
  const losses = rehearsals.flat();
  refuseLoss(losses);
  return new Map(
    files.map((file) => [
      file,
      lossGuardSql(losses.filter((loss) => loss.file === file).map(({ dropped }) => dropped)),
    ]),
  );
}

/**
 * Undoes migrations, the latest phase first; no database goes below a phase before all have undone it.
 * @throws SocratesError `data-loss` before anything is changed, where tables or columns hold rows
 */
export async function rollback(
  { chains, databases: inputs }: Project,
  options: RollbackOptions,
): Promise<RollbackResult> {
  checkRollbackLimit(chains, options.limit);
  return withDatabases(
    inputs,
    "rollback",
    async (open) => {
      const before = new Map(
        open.map(({ key, ledger }) => [key, new Set(ledger.rows.map(({ number }) => number))]),
      );
      const first = planDown(
        open.map(({ key, chain, ledger, session }) => {
          const statuses = compareChain(chain, ledger);
          checkChain(session.label, statuses);
          refuseAhead(session.label, statuses, unknownDown);
          return { database: key, statuses };
        }),
        options.limit,
      );
      const files = planFiles(first);
      const targets = targetsOf(inputs, open);
      if (files.length === 0) return { outcome: "up-to-date", done: [], applied: before, targets };
      readScripts(first, "down");
      const affected = open.filter(({ key }) => files.some((file) => file.database === key));
      for (const { session, info } of affected) checkWritable(session, info);
      return withLocks(affected, files, options, async (locked) => {
        for (const { session, statuses } of locked) refuseAhead(session.label, statuses, unknownDown);
        const plan = planDown(
          locked.map(({ key, statuses }) => ({ database: key, statuses })),
          options.limit,
        );
        const scripts = readScripts(plan, "down");
        const lossGuards = options.allowDataLoss
          ? new Map<MigrationFile, string>()
          : await guardLosses(locked, planFiles(plan), scripts, options);
        const done = await runPlan({
          databases: locked,
          plan,
          scripts,
          direction: "down",
          settings: options,
          lossGuards,
        });
        await exchangeMarks(locked, open);
        const after = new Map(locked.map(({ key, applied }) => [key, applied]));
        return { outcome: "rolled-back", done, applied: new Map([...before, ...after]), targets };
      });
    },
    options.signal,
  );
}

/** What `rollback` would do now, without changing anything. */
export async function planRollback(
  { chains, databases: inputs }: Project,
  limit: RollbackLimit,
): Promise<Planned> {
  checkRollbackLimit(chains, limit);
  const databases = await readLedgers(inputs, "rollback --dry-run");
  const plan = planDown(
    databases.map(({ key, chain, ledger }) => {
      const statuses = compareChain(chain, ledger);
      checkChain(key, statuses);
      refuseAhead(key, statuses, unknownDown);
      return { database: key, statuses };
    }),
    limit,
  );
  return { plan, scripts: readScripts(plan, "down"), targets: targetsOf(databases, []) };
}
