import { formatNumber } from "../migration-number.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { Done, RunDatabase } from "../runner/result.ts";
import { visible } from "./visible.ts";

/** The result of `migrate` and `rollback`. */
export interface RunResult {
  readonly outcome: string;
  readonly databases: readonly RunDatabase[];
}

function doneJson({ file, durationMs }: Done) {
  return { number: file.number, name: file.name, phase: file.phase, durationMs };
}

/**
 * The JSON of the command-line contract: `applied` lists applied migrations, `rolledBack` those rolled back, in
 * order.
 */
export function runJson({ outcome, databases }: RunResult, direction: Direction): string {
  const list = direction === "up" ? "applied" : "rolledBack";
  const body = Object.fromEntries(
    databases.map(({ key, target, done, head, phase }) => [
      key,
      { target: target?.fields, [list]: done.map(doneJson), head, phase },
    ]),
  );
  return `${JSON.stringify({ schemaVersion: 1, outcome, databases: body }, null, 2)}\n`;
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
