import type { Workspace } from "../../project/workspace.ts";
import type { RehearsalPlan } from "../plan.ts";
import type { RehearsalOptions } from "../rehearse-chain.ts";
import type { UsedStatistics } from "../sizes/of-chain.ts";
import { assess } from "./assessing.ts";
import { findCulprits } from "./culprits.ts";
import { readLive } from "./live.ts";
import { type PlannedAt, planAll, sessionOf } from "./planning.ts";
import { readFolder } from "./reading.ts";
import { type Report, reportOf } from "./reporting.ts";
import type { Application } from "./statement.ts";

function inOrder(states: ReadonlyMap<string, PlannedAt>, plans: readonly RehearsalPlan[]) {
  return new Map(
    plans.flatMap(({ key }): [string, PlannedAt][] => {
      const state = states.get(key);
      return state === undefined ? [] : [[key, state]];
    }),
  );
}

type StateArguments = Parameters<NonNullable<RehearsalOptions["onState"]>>;

/** The statements of an application, planned before and after the migrations of each database. */
export class ApplicationRehearsal {
  private readonly before = new Map<string, PlannedAt>();
  private readonly after = new Map<string, PlannedAt>();
  private readonly application: Application;
  private readonly options: RehearsalOptions;
  /** Keys of the databases by their names. */
  private readonly names: ReadonlyMap<string, string>;

  private constructor(application: Application, { project }: Workspace, options: RehearsalOptions) {
    this.application = application;
    this.options = options;
    this.names = new Map(project.databases.map(({ key, name }) => [name, key]));
  }

  /**
   * Reads the statements.
   * @param from a folder, relative to the working directory, or `live` for what the targets have recorded
   * @throws SocratesError as `readFolder` and `readLive`
   */
  static async read(
    from: string,
    workspace: Workspace,
    options: RehearsalOptions,
  ): Promise<ApplicationRehearsal> {
    const application =
      from === "live" ? await readLive(workspace, options.signal) : readFolder(from, workspace);
    return new ApplicationRehearsal(application, workspace, options);
  }

  /** Plans the statements in the states of a rehearsal. */
  readonly observer = {
    onState: (...state: StateArguments) => this.plan(...state),
  };

  private async plan(...[shadow, plan, when, figures]: StateArguments): Promise<void> {
    const { key, files } = plan;
    const sql = this.application.statements.map((statement) => statement.sql);
    const unchanged = files.length === 0 ? this.before.get(key) : undefined;
    this.options.onProgress?.(`planning ${sql.length} statements in ${key}`);
    this[when].set(key, unchanged ?? (await planAll(shadow, sql, sessionOf(plan, this.options), figures)));
  }

  /** What became of the statements, and which file did it. @param statistics of the targets, by key */
  async report(
    plans: readonly RehearsalPlan[],
    statistics: ReadonlyMap<string, UsedStatistics>,
  ): Promise<Report> {
    const { statements } = this.application;
    // Chains run side by side: the order in which they end must not matter.
    const before = inOrder(this.before, plans);
    const assessments = assess(statements, before, inOrder(this.after, plans), this.names);
    const culprits = await findCulprits(plans, statements, assessments, before, (key) => ({
      ...this.options,
      statistics: statistics.get(key)?.statistics,
    }));
    return reportOf(
      this.application,
      assessments,
      culprits,
      plans.filter(({ key }) => !this.after.has(key)),
    );
  }
}
