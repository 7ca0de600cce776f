import { readScript } from "../migrations/files.ts";
import { openShadow, type ShadowPlace } from "../shadow/open.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { runScript, runUp } from "../sources/of-migrations.ts";
import { runsOutsideTransaction } from "../sql/outside-transaction.ts";
import type { DatabaseStatistics } from "../statistics/model.ts";
import type { CatalogFacts } from "./catalog-facts.ts";
import { type GeneratedRows, generateRows } from "./generated-rows.ts";
import { Known } from "./known.ts";
import { type MeasureOptions, measureOutside, measureTransaction } from "./measure.ts";
import type { Outcome } from "./outcome.ts";
import type { RehearsalPlan, RehearsedFile } from "./plan.ts";
import { TargetFigures } from "./sizes/reads.ts";
import { factsIn } from "./transaction.ts";

/** A file that was rehearsed. */
export interface RehearsedScript {
  readonly file: RehearsedFile;
  readonly outcomes: readonly Outcome[];
  readonly inTransaction: boolean;
  /** Oids of the relations that existed before the run, before this file. */
  readonly known: ReadonlySet<number>;
}

export interface RehearsedChain {
  readonly plan: RehearsalPlan;
  /** The catalogs before the first file. */
  readonly base: CatalogFacts;
  readonly scripts: readonly RehearsedScript[];
  /** Files that were not run, as an earlier one fails. */
  readonly notRun: readonly RehearsedFile[];
  /** Tables of the schema before that have no row. */
  readonly empty: readonly string[];
  /** `server_version_num` of the shadow. */
  readonly shadowVersion: number;
}

export interface RehearsalOptions extends ShadowPlace {
  /** The runner's limit, in milliseconds. */
  readonly lockTimeout: number;
  /** Receives what is being done, in a few words. */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** The figures of the target, where they are known. */
  readonly statistics?: Pick<DatabaseStatistics, "relations"> | undefined;
  /** Receives the shadow before the first file, and after the last if none fails; leaves no change in it. */
  readonly onState?: (
    shadow: Shadow,
    plan: RehearsalPlan,
    when: "before" | "after",
    figures: TargetFigures | undefined,
  ) => Promise<void>;
}

/** A shadow with the schema before, its rows, and the files that have run since. */
class Stage {
  private shadow: Shadow | undefined;
  private rows: GeneratedRows | undefined;
  private isEmptied = false;
  private readonly done: RehearsedFile[] = [];
  private readonly plan: RehearsalPlan;
  private readonly place: ShadowPlace;

  constructor(plan: RehearsalPlan, place: ShadowPlace) {
    this.plan = plan;
    this.place = place;
  }

  get empty(): readonly string[] {
    return this.rows?.empty ?? [];
  }

  /** Opens the shadow in the state before the next file; what an earlier shadow did is done again. */
  async open(): Promise<Shadow> {
    await this.close();
    const shadow = await openShadow({ ...this.place, database: this.plan.key });
    this.shadow = shadow;
    for (const file of this.plan.base) await runUp(shadow, file);
    if (this.isEmptied) this.rows = undefined;
    else this.rows = await generateRows(shadow);
    for (const { source, noTransaction } of this.done)
      await runScript(shadow, readScript(source, noTransaction));
    return shadow;
  }

  async removeRows(): Promise<boolean> {
    this.isEmptied = true;
    return (await this.rows?.remove()) ?? false;
  }

  finished(file: RehearsedFile): void {
    this.done.push(file);
  }

  async close(): Promise<void> {
    await this.shadow?.close();
    this.shadow = undefined;
  }
}

function measure(shadow: Shadow, file: RehearsedFile, options: MeasureOptions) {
  const { statements } = readScript(file.source, file.noTransaction);
  const [first] = statements;
  return file.noTransaction && first !== undefined && runsOutsideTransaction(first)
    ? measureOutside(shadow, first, options)
    : measureTransaction(shadow, statements, options);
}

/** A server for shadows plans by the sizes of its own files. */
export function figuresFor(
  { statistics, server }: RehearsalOptions,
  base: CatalogFacts,
): TargetFigures | undefined {
  return statistics === undefined || server !== undefined ? undefined : new TargetFigures(statistics, base);
}

/**
 * Runs the files of one database in a shadow, statement by statement.
 * @throws SocratesError `migration-failed` for a migration of the schema before, `file-invalid`, and what opening a
 * shadow throws
 */
export async function rehearseChain(plan: RehearsalPlan, options: RehearsalOptions): Promise<RehearsedChain> {
  const stage = new Stage(plan, options);
  const end = () => void stage.close();
  options.signal?.addEventListener("abort", end);
  try {
    options.signal?.throwIfAborted();
    let shadow = await stage.open();
    const [{ version } = { version: 0 }] = await shadow.run<{ version: number }>(
      "SELECT pg_catalog.current_setting('server_version_num')::int4 AS version",
    );
    const base = await factsIn(shadow);
    const known = new Known(base);
    const figures = figuresFor(options, base);
    await options.onState?.(shadow, plan, "before", figures);
    const scripts: RehearsedScript[] = [];
    for (const [i, file] of plan.files.entries()) {
      options.onProgress?.(`rehearsing ${file.migration?.id ?? file.source.path}`);
      const before = known.in(i === 0 ? base : await factsIn(shadow));
      const measured = await measure(shadow, file, {
        known,
        lockTimeout: options.lockTimeout,
        settings: plan.settings,
        removeRows: () => stage.removeRows(),
        again: () => stage.open(),
        figures,
      });
      shadow = measured.shadow;
      const { outcomes } = measured;
      scripts.push({ file, outcomes, inTransaction: !file.noTransaction, known: before });
      const isOver = outcomes.some((outcome) => "lacking" in outcome && !outcome.lacking);
      if (isOver) {
        const notRun = plan.files.slice(i + 1);
        return { plan, base, scripts, notRun, empty: stage.empty, shadowVersion: version };
      }
      stage.finished(file);
    }
    await options.onState?.(shadow, plan, "after", figures);
    return { plan, base, scripts, notRun: [], empty: stage.empty, shadowVersion: version };
  } finally {
    options.signal?.removeEventListener("abort", end);
    await stage.close();
  }
}
