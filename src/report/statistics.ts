import type { Finding, Summary } from "../diff/finding.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import type { DatabaseStatistics } from "../statistics/model.ts";
import type { PulledDatabase, PullResult } from "../statistics/pull.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

/** The figures of a database that were written. */
export interface PulledReport {
  readonly target: ReportedTarget["fields"];
  readonly name: string;
  readonly head: number | null;
  readonly phase: number | null;
  readonly takenAt: string;
  /** How many tables, partitioned tables and materialized views. */
  readonly tables: number;
  readonly indexes: number;
  /** The size of all of them, with their TOAST tables, in bytes. */
  readonly bytes: number;
  /** Tables whose columns were left out, as the file would be too large. */
  readonly withoutColumns: readonly string[];
}

/** What `stats pull --format json` prints. */
export interface StatisticsReport {
  readonly schemaVersion: 1;
  /** Absolute path of the file that was written. */
  readonly file: string;
  /** Its size in bytes. */
  readonly size: number;
  readonly databases: Readonly<Record<string, PulledReport>>;
  /** Tables without figures. */
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

function sizesOf({ relations }: DatabaseStatistics): Pick<PulledReport, "tables" | "indexes" | "bytes"> {
  const all = Object.values(relations);
  const indexes = all.filter(({ kind }) => kind === "index").length;
  const sequences = all.filter(({ kind }) => kind === "sequence").length;
  const bytes = all.reduce((sum, { bytes: own = 0, toastBytes = 0 }) => sum + own + toastBytes, 0);
  return { tables: all.length - indexes - sequences, indexes, bytes };
}

function pulledReport({ target, statistics }: PulledDatabase): PulledReport {
  const { name, head, phase, takenAt, withoutColumns = [] } = statistics;
  return { target: target.fields, name, head, phase, takenAt, ...sizesOf(statistics), withoutColumns };
}

export function statisticsReport({ file, size, databases, findings, summary }: PullResult): StatisticsReport {
  const reports = databases.map((one) => [one.key, pulledReport(one)] as const);
  return { schemaVersion: 1, file, size, databases: Object.fromEntries(reports), findings, summary };
}

/** The same for people. @param file the path as reports show it */
export function statisticsText(
  { databases, findings, size }: StatisticsReport,
  file: string,
  { paint }: Style,
): string {
  const lines = Object.entries(databases).flatMap(([key, one]) => {
    const head = one.head === null ? "no migration" : `migration ${one.head}`;
    const left = one.withoutColumns.length;
    return [
      `${visible(key)}: ${one.tables} tables and ${one.indexes} indexes at ${head}, ${one.bytes} bytes`,
      ...(left === 0
        ? []
        : [
            paint.yellow(
              `${visible(key)}: left out the columns of ${left} small tables, as the file would be too large`,
            ),
          ]),
    ];
  });
  const warnings = findings.map(({ database, message, hint }) =>
    paint.yellow(
      `${visible(database ?? "")}: ${visible(message)}${hint === undefined ? "" : `\n  ${visible(hint)}`}`,
    ),
  );
  return `${[...lines, ...warnings, `Wrote ${visible(file)} (${size} bytes).`].join("\n")}\n`;
}
