import { adopt } from "../adopt/adopt.ts";
import { diff } from "../compare/diff.ts";
import { parseDuration } from "../config/duration.ts";
import type { RenderedDiagram } from "../diagram/render/index.ts";
import { summarise } from "../diff/finding.ts";
import { SocratesError } from "../errors.ts";
import { createMigration } from "../migrations/create.ts";
import { doctor } from "../project/doctor.ts";
import { readyTimeout, waitUntilReady } from "../project/ready.ts";
import { status } from "../project/status.ts";
import type { Workspace } from "../project/workspace.ts";
import { planRehearsed, waitForQuietPlan } from "../rehearse/planned.ts";
import { pullStats } from "../rehearse/pull.ts";
import { rehearsalContent, rehearse } from "../rehearse/rehearse.ts";
import { adoptDetails } from "../report/adopt.ts";
import { type DoctorReport, doctorReport } from "../report/doctor.ts";
import type { FindingsJson } from "../report/findings/json.ts";
import { type FromDocumentReport, fromDocumentReport } from "../report/from-document.ts";
import { type PlanReport, planReport } from "../report/plan.ts";
import { type RepairReport, repairReport } from "../report/repair.ts";
import type { ReviewJson } from "../report/review/content.ts";
import { type MigrateReport, migrateReport, type RollbackReport, rollbackReport } from "../report/run.ts";
import type { SeedReport } from "../report/seed.ts";
import { type StatisticsReport, statisticsReport } from "../report/statistics.ts";
import { type ReadyReport, readyReport, type StatusReport, statusReport } from "../report/status.ts";
import { type TraceReport, traceReport } from "../report/trace.ts";
import { withFinished } from "../runner/finished.ts";
import { migrate } from "../runner/migrate.ts";
import { planRollback, rollback } from "../runner/rollback.ts";
import type { RunSettings } from "../runner/settings.ts";
import { migrationsFromDocument } from "../scripts/from-document.ts";
import { repairScripts } from "../scripts/repair.ts";
import { type SyncReport, syncDocument } from "../sync/sync.ts";
import { trace } from "../trace/trace.ts";
import type { CheckName } from "../verify/checks/names.ts";
import { verify } from "../verify/verify.ts";
import { version } from "../version.ts";
import {
  type CreateCall,
  type CreatedFiles,
  type DiagramCall,
  type DiffCall,
  type FromDocumentCall,
  type MigrateCall,
  migrateLimit,
  type PageCall,
  type PullStatisticsCall,
  type ReadyCall,
  type RehearseCall,
  type RepairCall,
  type ReportCall,
  type RollbackCall,
  rollbackLimit,
  type SeedCall,
  type SyncDocumentCall,
  type VerifyCall,
} from "./calls.ts";
import { drawing } from "./drawing.ts";
import { eitherSignal } from "./either-signal.ts";
import { findingsReport } from "./findings-report.ts";
import { type HtmlPage, htmlPage } from "./html-page.ts";
import type { OpenFresh } from "./open.ts";
import { filterOf, limitsOf, quietOf, type RunOptions } from "./options.ts";
import { reviewReport } from "./review-report.ts";
import { seedTables } from "./seed-tables.ts";

/**
 * A project: everything that the commands do, as functions. Each returns what its command prints with `--format json`,
 * and throws `SocratesError`.
 */
export class OpenProject implements AsyncDisposable {
  readonly #openFresh: OpenFresh;
  readonly #guard: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(openFresh: OpenFresh, guard: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#openFresh = openFresh;
    this.#guard = guard;
  }

  /** Runs one call, which `close` waits for. */
  async #call<T>(
    migrations: "required" | "optional",
    work: (workspace: Workspace) => Promise<T>,
  ): Promise<T> {
    if (this.#closing.signal.aborted)
      throw new SocratesError("usage", "the project is closed", { hint: "Open it again with open()." });
    const running = this.#guard(async () => work(await this.#openFresh(migrations)));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** The settings of one run. Closing the project aborts it, as the caller's own signal does. */
  #settings(options: Omit<RunOptions, "onEvent">, workspace: Workspace): Omit<RunSettings, "report"> {
    const limits = limitsOf(options, workspace.config);
    return { ...limits, toolVersion: version, signal: this.#signal(options.signal) };
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return eitherSignal(signal, this.#closing.signal);
  }

  /** Brings all databases to the end of a phase, by default the last. With `dryRun`, returns the plan and changes nothing. */
  migrate(options: MigrateCall & { readonly dryRun: true }): Promise<PlanReport>;
  migrate(options?: MigrateCall & { readonly dryRun?: false }): Promise<MigrateReport>;
  migrate(options?: MigrateCall & { readonly dryRun?: boolean }): Promise<MigrateReport | PlanReport>;
  migrate(options: MigrateCall & { readonly dryRun?: boolean } = {}): Promise<MigrateReport | PlanReport> {
    return this.#call("required", async (workspace) => {
      const { onEvent = () => {}, atomic = false, confirm, rebuildInvalid = false } = options;
      const limit = migrateLimit(options);
      if (options.dryRun) return planReport(await planRehearsed(workspace, limit), "up");
      const settings = this.#settings(options, workspace);
      await waitForQuietPlan(workspace, limit, quietOf(options), { signal: settings.signal });
      const asked = { limit, atomic, rebuildInvalid, ...(confirm && { confirmation: confirm }) };
      const result = await withFinished("up", onEvent, (report) =>
        migrate(workspace.project, { ...settings, report, ...asked }),
      );
      return migrateReport(result);
    });
  }

  /**
   * Rolls back the migrations above a phase or a number, or the last few. With `dryRun`, returns the plan with the rows
   * that would be lost, and changes nothing.
   */
  rollback(options: RollbackCall & { readonly dryRun: true }): Promise<PlanReport>;
  rollback(options: RollbackCall & { readonly dryRun?: false }): Promise<RollbackReport>;
  rollback(options: RollbackCall & { readonly dryRun?: boolean }): Promise<RollbackReport | PlanReport>;
  rollback(options: RollbackCall & { readonly dryRun?: boolean }): Promise<RollbackReport | PlanReport> {
    return this.#call("required", async (workspace) => {
      const { onEvent = () => {}, allowDataLoss = false } = options;
      const limit = rollbackLimit(options);
      const settings = this.#settings(options, workspace);
      if (options.dryRun) {
        const plan = await planRollback(workspace.project, limit, { ...settings, report: onEvent });
        return planReport(plan, "down");
      }
      const result = await withFinished("down", onEvent, (report) =>
        rollback(workspace.project, { ...settings, report, limit, allowDataLoss }),
      );
      return rollbackReport(result);
    });
  }

  /** Every migration, and the phase that each database has reached. */
  status(): Promise<StatusReport> {
    return this.#call("required", async ({ project }) => statusReport(await status(project)));
  }

  /** Waits until all databases have reached a phase, by default the end. `ready` is false if they have not in time. */
  ready(options: ReadyCall = {}): Promise<ReadyReport> {
    return this.#call("required", async ({ project }) => {
      const { phase, timeout = readyTimeout, onWait = () => {} } = options;
      const signal = this.#signal(options.signal);
      const result = await waitUntilReady(project, {
        phase,
        timeout: parseDuration(String(timeout), "timeout"),
        signal,
        onWait,
      });
      return readyReport(result);
    });
  }

  /** Runs the pending migrations in shadows, and says what each statement locks, rewrites and reads, with its hazards. */
  rehearse(options: RehearseCall = {}): Promise<FindingsJson> {
    return this.#call("required", async (workspace) => {
      const job = { ...options, waitForQuiet: quietOf(options), signal: this.#signal(options.signal) };
      return findingsReport(workspace, options, rehearsalContent(await rehearse(workspace, job)));
    });
  }

  /** Compares two sources: by default the document with the live databases. */
  diff(options: DiffCall = {}): Promise<FindingsJson> {
    return this.#call("optional", async (workspace) => {
      const { ignore } = filterOf(options, workspace.config);
      return findingsReport(workspace, options, await diff(workspace, { ...options, ignore }));
    });
  }

  /** Makes one check, or by default all that the configuration allows. */
  verify(check: CheckName | "all" = "all", options: VerifyCall = {}): Promise<FindingsJson> {
    return this.#call(
      check === "phases" || check === "ledger" ? "required" : "optional",
      async (workspace) => {
        const { phase, sample = 5, recall = false, onProgress = () => {} } = options;
        const { ignore } = filterOf(options, workspace.config);
        const job = { phase, sample, recall, ignore, signal: this.#signal(options.signal), onProgress };
        return findingsReport(workspace, options, await verify(workspace, check, job));
      },
    );
  }

  /** What a pull request must know: drift, checks, hazards of new migrations, and a diagram of what they change. */
  report(options: ReportCall = {}): Promise<ReviewJson> {
    const job = { onProgress: () => {}, ...options };
    return this.#call("optional", (at) => reviewReport(at, { ...job, signal: this.#signal(job.signal) }));
  }

  /** Draws the tables of the databases. */
  diagram(options: DiagramCall = {}): Promise<RenderedDiagram> {
    return this.#call("optional", (workspace) => drawing(workspace, options));
  }

  /** Writes one self-contained HTML page of all databases; one that cannot be read is stated on it. */
  page(options: PageCall = {}): Promise<HtmlPage> {
    return this.#call("optional", (at) => htmlPage(at, { ...options, signal: this.#signal(options.signal) }));
  }

  /** Finds the last applied migration of databases without a ledger, and records it. */
  adopt(options: RunOptions & { readonly dryRun?: boolean } = {}): Promise<FindingsJson> {
    return this.#call("required", async (workspace) => {
      const { onEvent = () => {}, dryRun = false } = options;
      const settings = { ...this.#settings(options, workspace), report: onEvent };
      const { outcome, databases, findings } = await adopt(workspace, dryRun ? "dry-run" : settings);
      return findingsReport(workspace, {}, { findings, details: adoptDetails(databases, outcome) });
    });
  }

  /** Follows an object from the document through the migrations to its database. @param name as short as is unique */
  trace(name: string): Promise<TraceReport> {
    return this.#call("required", async (workspace) => traceReport(await trace(workspace, name)));
  }

  /** Fills the tables of all databases with consistent sample data. */
  seed(options: SeedCall = {}): Promise<SeedReport> {
    return this.#call("required", (workspace) =>
      seedTables(workspace, options, this.#settings(options, workspace)),
    );
  }

  /** Writes the two files of a new migration, with the next number. @returns their absolute paths */
  create(options: CreateCall): Promise<CreatedFiles> {
    return this.#call("required", async ({ project }) => ({
      schemaVersion: 1,
      files: createMigration(project.chains, options),
    }));
  }

  /**
   * Writes the script for each database that brings `to` to `from`, proven in shadows: by default a live database to the
   * document.
   */
  repair(options: RepairCall = {}): Promise<RepairReport> {
    return this.#call("optional", async (workspace) => {
      const { ignore } = filterOf(options, workspace.config);
      const signal = this.#signal(options.signal);
      const result = await repairScripts(workspace, { ...options, ignore, signal });
      return repairReport(result, summarise(result.findings));
    });
  }

  /** Writes the migrations, up and down, that bring the end of each chain to the document. */
  createFromDocument(options: FromDocumentCall): Promise<FromDocumentReport> {
    return this.#call("required", async (workspace) => {
      const signal = this.#signal(options.signal);
      const result = await migrationsFromDocument(workspace, { ...options, signal });
      return fromDocumentReport(result, summarise(result.findings));
    });
  }

  /** Brings the document's SQL, counts and drawings up to date with the migrations, or with the live databases. */
  syncDocument(options: SyncDocumentCall = {}): Promise<SyncReport> {
    return this.#call("optional", (workspace) => {
      const { from = "migrations", prune = false, dryRun = false } = options;
      return syncDocument(workspace, { from, prune, dryRun, signal: this.#signal(options.signal) });
    });
  }

  /** Reads the sizes and distributions of all databases, without a value of any column, and writes them to one file. */
  pullStats(options: PullStatisticsCall = {}): Promise<StatisticsReport> {
    const settings = { ...options, signal: this.#signal(options.signal) };
    return this.#call("required", async (from) => statisticsReport(await pullStats(from, settings)));
  }

  /** Checks what is configured, reachable, installed and allowed. */
  async doctor(): Promise<DoctorReport> {
    return this.#guard(async () => doctorReport(await doctor(() => this.#openFresh("optional"))));
  }

  /** Aborts what runs, and waits for its end. No call can be made afterwards. */
  async close(): Promise<void> {
    this.#closing.abort(
      new SocratesError("interrupted", "the project was closed", {
        hint: "Wait for the call before you close it.",
      }),
    );
    await Promise.allSettled(this.#running);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
