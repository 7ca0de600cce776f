import { formatNumber } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { Project } from "../project/open.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import { phaseReached, phaseWords } from "../project/status.ts";
import type { Done } from "../runner/run-plan.ts";
import { visible } from "./visible.ts";

/** What a run did, as `migrate` and `rollback` return it. */
export interface RunResult {
  readonly outcome: string;
  readonly done: readonly Done[];
  readonly applied: ReadonlyMap<string, ReadonlySet<number>>;
  readonly targets: ReadonlyMap<string, ReportedTarget>;
}

interface DatabaseResult {
  readonly key: string;
  readonly target: ReportedTarget | undefined;
  readonly done: readonly Done[];
  readonly head: number | null;
  readonly phase: number | null;
  readonly phaseText: string;
  /** Numbers that a newer version of the project has applied. */
  readonly newer: readonly number[];
}

function perDatabase({ chains, databases }: Project, result: RunResult): DatabaseResult[] {
  const phases = chains.flatMap((chain) => chain.migrations.map(({ phase }) => phase));
  return databases.map(({ key, chain }) => {
    const applied = result.applied.get(key) ?? new Set<number>();
    const migrations = chain.migrations.map(({ number, phase }) => ({ phase, applied: applied.has(number) }));
    const reached = phaseReached(migrations);
    return {
      key,
      target: result.targets.get(key),
      done: result.done.filter(({ database }) => database === key),
      head: applied.size === 0 ? null : Math.max(...applied),
      phase: reached,
      phaseText: phaseWords(
        reached,
        migrations.map(({ phase }) => phase),
        phases,
      ),
      newer: [...applied].filter((number) => number > (chain.newest ?? Number.POSITIVE_INFINITY)),
    };
  });
}

function doneJson({ file, durationMs }: Done) {
  return { number: file.number, name: file.name, phase: file.phase, durationMs };
}

/** The JSON of the command-line contract: `applied` lists what went up, `rolledBack` what went down, in the order it happened. */
export function runJson(project: Project, result: RunResult, direction: Direction): string {
  const key = direction === "up" ? "applied" : "rolledBack";
  const databases = Object.fromEntries(
    perDatabase(project, result).map(({ key: database, target, done, head, phase }) => [
      database,
      { target: target?.fields, [key]: done.map(doneJson), head, phase },
    ]),
  );
  return `${JSON.stringify({ schemaVersion: 1, outcome: result.outcome, databases }, null, 2)}\n`;
}

/** One line for each database: what was done, and where it stands. */
export function runText(project: Project, result: RunResult, direction: Direction): string {
  const databases = perDatabase(project, result);
  const width = Math.max(...databases.map(({ key }) => key.length));
  const lines = databases.map(({ key, target, done, head, phaseText, newer }) => {
    const count = `${done.length} ${done.length === 1 ? "migration" : "migrations"}`;
    const what =
      done.length === 0
        ? direction === "up"
          ? newer.length > 0
            ? `nothing to apply; ahead of these files by ${newer.map(formatNumber).join(", ")}`
            : "up to date"
          : "nothing to undo"
        : `${direction === "up" ? "applied" : "undid"} ${count}`;
    const where = head === null ? "no migrations" : `head ${formatNumber(head)}, ${phaseText}`;
    return `${key.padEnd(width)}  ${what}; ${where} (${visible(target?.label ?? "")})`;
  });
  return `${lines.join("\n")}\n`;
}
