import { stripVTControlCharacters } from "node:util";
import { formatNumber } from "../migration-number.ts";
import type { MigrationStatus } from "../migrations/validate.ts";
import type { Readiness } from "../project/ready.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import type { DatabaseStatus } from "../project/status.ts";
import { type LongRow, longTable } from "./long-table.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";
import { indented } from "./wrap.ts";

/** One migration of one database; times are ISO 8601 in UTC. */
export interface MigrationStatusReport {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly state: MigrationStatus["state"];
  readonly appliedAt?: string;
  readonly durationMs?: number;
  readonly appliedBy?: string;
}

/** The state of all databases, by key, as the command-line contract has it. */
export interface StatusReport {
  readonly schemaVersion: 1;
  readonly databases: Readonly<
    Record<
      string,
      {
        readonly target: ReportedTarget["fields"];
        readonly head: number | null;
        readonly phase: number | null;
        readonly migrations: readonly MigrationStatusReport[];
        readonly problems: readonly {
          readonly number: number;
          readonly state: MigrationStatus["state"];
          readonly message: string;
          readonly hint: string;
        }[];
      }
    >
  >;
}

export function statusReport(databases: readonly DatabaseStatus[]): StatusReport {
  const body = databases.map(({ key, target, head, phase, migrations, problems }) => [
    key,
    {
      target: target.fields,
      head,
      phase,
      migrations: migrations.map(({ number, name, phase: of, state, row }) => ({
        number,
        name,
        phase: of,
        state,
        ...(row && {
          appliedAt: row.appliedAt.toISOString(),
          durationMs: row.durationMs,
          appliedBy: row.appliedBy,
        }),
      })),
      problems: problems.map(({ status, message, hint }) => ({
        number: status.number,
        state: status.state,
        message,
        hint,
      })),
    },
  ]);
  return { schemaVersion: 1, databases: Object.fromEntries(body) };
}

/** The result of `status --wait`. */
export interface ReadyReport extends StatusReport {
  readonly ready: boolean;
  readonly missing: Readiness["missing"];
  /** Keys of databases that a newer version has migrated. */
  readonly ahead: readonly string[];
}

export function readyReport({ ready, databases, missing, ahead }: Readiness): ReadyReport {
  return { ...statusReport(databases), ready, missing, ahead };
}

const marks: Record<MigrationStatus["state"], string> = {
  applied: "✔",
  pending: "·",
  edited: "✖ edited",
  renamed: "✖ renamed",
  missing: "✖ missing",
  ahead: "↑ ahead",
  "out-of-order": "✖ out of order",
  interrupted: "✖ interrupted",
};

function time(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")}Z`;
}

function cell(status: MigrationStatus, { paint, width }: Style): string {
  const { number, name, state, row } = status;
  const colour =
    state === "applied"
      ? paint.green
      : state === "pending"
        ? paint.dim
        : state === "ahead"
          ? paint.yellow
          : paint.red;
  const when = row === undefined ? "pending" : `${time(row.appliedAt)} ${row.durationMs} ms`;
  const title = `${colour(marks[state])} ${formatNumber(number)} ${visible(name)}`;
  // Two databases side by side need about 130 columns, with times on the same line.
  return width !== undefined && width < 130
    ? `${title}\n    ${paint.dim(when)}`
    : `${title}  ${paint.dim(when)}`;
}

function summary({ key, target, head, phaseText, migrations }: DatabaseStatus): string {
  const pending = migrations.filter(({ state }) => state === "pending").length;
  const reached = head === null ? "nothing applied" : `${phaseText}, head ${formatNumber(head)}`;
  return `${key}: ${reached}${pending > 0 ? `, ${pending} pending` : ", nothing pending"} (${visible(target.label)})`;
}

/** For a narrow terminal: the migrations of each database, one per line. */
function listing(databases: readonly DatabaseStatus[], style: Style): string {
  return databases
    .flatMap(({ key, migrations }) => [
      style.paint.bold(key),
      ...migrations.map(
        (status) => `  ${cell(status, style).replace("\n  ", "\n    ")}, phase ${status.phase}`,
      ),
    ])
    .join("\n");
}

/**
 * A table, if it fits, with a part for each phase and a column for each database, then a line for each database and
 * each problem.
 */
export function statusText(databases: readonly DatabaseStatus[], style: Style): string {
  const { paint } = style;
  const rows: LongRow[] = [];
  const phases = [
    ...new Set(databases.flatMap(({ migrations }) => migrations.map(({ phase }) => phase))),
  ].sort((a, b) => a - b);
  for (const phase of phases) {
    const columns = databases.map(({ migrations }) =>
      migrations.filter((status) => status.phase === phase).map((status) => cell(status, style)),
    );
    const height = Math.max(...columns.map(({ length }) => length));
    for (let i = 0; i < height; i++) {
      const cells = [i === 0 ? String(phase) : "", ...columns.map((column) => column[i] ?? "")];
      rows.push({ cells, lineAbove: i === 0 });
    }
  }
  const whole = longTable(["phase", ...databases.map(({ key }) => key)], rows);
  const needed = Math.max(...whole.split("\n").map((line) => stripVTControlCharacters(line).length));
  const table = needed > (style.width ?? Number.POSITIVE_INFINITY) ? listing(databases, style) : whole;
  const problems = databases.flatMap(({ key, problems: found }) =>
    found.flatMap(({ message, hint }) => [
      `${paint.red("✖")} ${key}: ${visible(message)}`,
      ...indented(hint, "  ", style.width),
    ]),
  );
  return `${[table, ...databases.map(summary), ...problems].join("\n")}\n`;
}
