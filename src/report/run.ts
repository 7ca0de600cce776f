import { formatNumber } from "../migration-number.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import type { Done, RunDatabase } from "../runner/result.ts";
import { visible } from "./visible.ts";

/** The result of `migrate` and `rollback`. */
export interface RunResult {
  readonly outcome: string;
  readonly databases: readonly RunDatabase[];
}

/** A migration of a run; `durationMs` is the time in the server. */
export interface MigrationReport {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly durationMs: number;
}

/** One database after a run. */
interface DatabaseReport {
  readonly target: ReportedTarget["fields"] | undefined;
  /** Number of the last applied migration, null for none. */
  readonly head: number | null;
  /** The last phase of which everything is applied, null for none. */
  readonly phase: number | null;
}

/** A run as the command-line contract has it; databases by key, migrations in the order of completion. */
export interface MigrateReport {
  readonly schemaVersion: 1;
  readonly outcome: string;
  readonly databases: Readonly<
    Record<string, DatabaseReport & { readonly applied: readonly MigrationReport[] }>
  >;
}

export interface RollbackReport {
  readonly schemaVersion: 1;
  readonly outcome: string;
  readonly databases: Readonly<
    Record<string, DatabaseReport & { readonly rolledBack: readonly MigrationReport[] }>
  >;
}

function doneReport({ file, durationMs }: Done): MigrationReport {
  return { number: file.number, name: file.name, phase: file.phase, durationMs };
}

export function migrateReport({ outcome, databases }: RunResult): MigrateReport {
  const body = databases.map(({ key, target, done, head, phase }) => [
    key,
    { target: target?.fields, applied: done.map(doneReport), head, phase },
  ]);
  return { schemaVersion: 1, outcome, databases: Object.fromEntries(body) };
}

export function rollbackReport({ outcome, databases }: RunResult): RollbackReport {
  const body = databases.map(({ key, target, done, head, phase }) => [
    key,
    { target: target?.fields, rolledBack: done.map(doneReport), head, phase },
  ]);
  return { schemaVersion: 1, outcome, databases: Object.fromEntries(body) };
}

/** One line for each database: what was done, and its head. */
export function runText({ databases }: RunResult, direction: Direction): string {
  const width = Math.max(...databases.map(({ key }) => key.length));
  const lines = databases.map(({ key, target, done, head, phaseText, newer }) => {
    const count = `${done.length} ${done.length === 1 ? "migration" : "migrations"}`;
    const what =
      done.length === 0
        ? direction === "up"
          ? newer.length > 0
            ? `nothing to apply; ahead of these files by ${newer.map(formatNumber).join(", ")}`
            : "up to date"
          : "nothing to roll back"
        : `${direction === "up" ? "applied" : "rolled back"} ${count}`;
    const where = head === null ? "no migrations" : `head ${formatNumber(head)}, ${phaseText}`;
    return `${key.padEnd(width)}  ${what}; ${where} (${visible(target?.label ?? "")})`;
  });
  return `${lines.join("\n")}\n`;
}
