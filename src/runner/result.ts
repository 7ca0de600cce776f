import type { MigrationFile } from "../migrations/files.ts";
import type { Plan } from "../migrations/plan.ts";
import { type Scripts, scriptFor } from "../migrations/scripts.ts";
import type { DatabaseInput, Project } from "../project/open.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import { phaseReached, phaseWords } from "../project/status.ts";
import { displayPath } from "../sql/source-file.ts";

/** One migration that has run. */
export interface Done {
  readonly database: string;
  readonly file: MigrationFile;
  readonly durationMs: number;
}

/** What a run did to one database, and its state afterwards. */
export interface RunDatabase {
  readonly key: string;
  readonly target: ReportedTarget | undefined;
  /** In the order of completion. */
  readonly done: readonly Done[];
  /** Number of the last applied migration; null for none. */
  readonly head: number | null;
  /** The last fully applied phase; null for none. */
  readonly phase: number | null;
  /** The same as text; see {@link phaseWords}. */
  readonly phaseText: string;
  /** Numbers that a newer version of the project has applied. */
  readonly newer: readonly number[];
}

/**
 * The results of a run by database.
 * @param applied numbers in the ledger afterwards, by key
 */
export function runDatabases(
  { chains, databases }: Project,
  done: readonly Done[],
  applied: ReadonlyMap<string, ReadonlySet<number>>,
  targets: ReadonlyMap<string, ReportedTarget>,
): RunDatabase[] {
  const phases = chains.flatMap((chain) => chain.migrations.map(({ phase }) => phase));
  return databases.map(({ key, chain }: DatabaseInput) => {
    const numbers = applied.get(key) ?? new Set<number>();
    const own = chain.migrations.map(({ number, phase }) => ({ phase, applied: numbers.has(number) }));
    const phase = phaseReached(own);
    return {
      key,
      target: targets.get(key),
      done: done.filter(({ database }) => database === key),
      head: numbers.size === 0 ? null : Math.max(...numbers),
      phase,
      phaseText: phaseWords(
        phase,
        own.map((migration) => migration.phase),
        phases,
      ),
      newer: [...numbers].filter((number) => number > (chain.newest ?? Number.POSITIVE_INFINITY)),
    };
  });
}

/** One script that a run would execute. */
export interface PlannedScript {
  readonly database: string;
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  /** Its file, relative to the working directory. */
  readonly file: string;
  readonly sql: string;
  readonly noTransaction: boolean;
}

/** What a run would do, and on which targets. */
export interface Planned {
  /** By key, for all requested databases. */
  readonly targets: ReadonlyMap<string, ReportedTarget>;
  /** In the order in which they would run. */
  readonly scripts: readonly PlannedScript[];
}

/** The scripts of a plan, in order of execution. */
export function plannedScripts(plan: Plan, scripts: Scripts): PlannedScript[] {
  return plan.flatMap(({ phase, parts }) =>
    parts.flatMap(({ database, files }) =>
      files.map((file) => {
        const { source, noTransaction } = scriptFor(scripts, file);
        const { number, name } = file;
        const shown = displayPath(source.path);
        return { database, number, name, phase, file: shown, sql: source.text, noTransaction };
      }),
    ),
  );
}
