import path from "node:path";
import { type Finding, type Summary, sortFindings, summarise } from "../diff/finding.ts";
import { SocratesError } from "../errors.ts";
import type { LedgerRow } from "../ledger/ledger.ts";
import { compareChain } from "../migrations/validate.ts";
import { isAbsent, type OpenDatabase, withDatabases } from "../project/open.ts";
import { type ReportedTarget, reportedTarget } from "../project/reported-target.ts";
import { phaseReached } from "../project/status.ts";
import type { Workspace } from "../project/workspace.ts";
import { fittingText, readStatisticsFile, replacedStatistics, writeStatisticsFile } from "./file.ts";
import {
  type DatabaseStatistics,
  type KnownDuration,
  type Statistics,
  statisticsKind,
  statisticsVersion,
} from "./model.ts";
import { type MissingStatistics, readStatistics } from "./read.ts";

/** Where statistics are written by default, in the working directory. */
export const statisticsFile = "socrates-db.stats.json";

export interface PullOptions {
  /** The file to write, relative to the working directory. */
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was applied to a database since its statistics were last written. */
export interface AppliedSince {
  readonly key: string;
  /** The statistics that are replaced. */
  readonly earlier: DatabaseStatistics;
  readonly rows: readonly LedgerRow[];
}

/** Tells the work of migrations from the sizes before them; what is unknown is left out. */
export type WorkOf = (
  applied: AppliedSince,
  signal: AbortSignal | undefined,
) => Promise<readonly KnownDuration[]>;

export interface PulledDatabase {
  readonly key: string;
  readonly target: ReportedTarget;
  readonly statistics: DatabaseStatistics;
}

export interface PullResult {
  /** Absolute path of the file that was written. */
  readonly file: string;
  /** Its size in bytes. */
  readonly size: number;
  readonly databases: readonly PulledDatabase[];
  /** Tables without figures; sorted. */
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

interface Pulled extends PulledDatabase {
  readonly rows: readonly LedgerRow[];
  readonly missing: readonly MissingStatistics[];
}

async function pullOne({ key, name, session, chain, ledger }: OpenDatabase): Promise<Pulled> {
  const { statistics, missing } = await readStatistics(session);
  const { relations, ...server } = statistics;
  const migrations = compareChain(chain, ledger);
  const phase = phaseReached(
    migrations.map(({ phase: of, row }) => ({ phase: of, applied: row !== undefined })),
  );
  const head = ledger.rows.at(-1)?.number ?? null;
  return {
    key,
    target: reportedTarget(session.target),
    statistics: { name, head, phase, ...server, relations },
    missing,
    rows: ledger.rows,
  };
}

/** Durations of migrations that are still applied: those of the replaced statistics, and those of since then. */
async function durationsOf(
  { key, rows, statistics: { head } }: Pulled,
  earlier: DatabaseStatistics | undefined,
  workOf: WorkOf,
  signal: AbortSignal | undefined,
): Promise<readonly KnownDuration[]> {
  if (earlier === undefined) return [];
  const { head: last, durations = [] } = earlier;
  const kept = durations.filter(({ number, durationMs }) =>
    rows.some((row) => row.number === number && row.durationMs === durationMs),
  );
  const since = rows.filter(({ number }) => number > (last ?? 0));
  if (since.length === 0 || last === head) return kept;
  return [...kept, ...(await workOf({ key, earlier, rows: since }, signal))];
}

function findingOf(database: string, { relation, reason }: MissingStatistics): Finding {
  const common = { severity: "warning", database, kind: "table", object: relation } as const;
  if (reason === "hidden")
    return {
      ...common,
      code: "statistics-hidden",
      message: `the statistics of ${relation} are hidden from this role: the widths of its columns are unknown`,
      hint: `As its owner, run: GRANT SELECT ON ${relation} TO the role; with row-level security, connect as the owner.`,
    };
  return {
    ...common,
    code: "never-analysed",
    message: `${relation} was never analysed: its rows and the widths of its columns are unknown`,
    hint: `Run in that database: ANALYZE ${relation}; then run this command again.`,
  };
}

/**
 * Reads the sizes and distributions of all selected databases, without a value of any column, and writes them to one
 * file. Entries of other databases in the file stay.
 * @throws SocratesError `ledger-missing` for an embedded database that was never created; `output-failed` for a file
 * of another kind, and statistics that are too large; connection errors
 */
export async function pullStatistics(
  workspace: Workspace,
  options: PullOptions,
  workOf: WorkOf,
): Promise<PullResult> {
  const { project, cwd } = workspace;
  const file = path.resolve(cwd, options.out ?? statisticsFile);
  const absent = project.databases.find(isAbsent);
  if (absent !== undefined)
    throw new SocratesError("ledger-missing", `the embedded database ${absent.key} does not exist yet`, {
      hint: "Create it with: socrates-db migrate",
    });
  const replaced = replacedStatistics(file);
  const pulled = await withDatabases(
    project.databases,
    "stats pull",
    (open) => Promise.all(open.map(pullOne)),
    options.signal,
  );
  const own: (readonly [key: string, statistics: DatabaseStatistics])[] = [];
  for (const one of pulled) {
    const durations = await durationsOf(one, replaced?.databases[one.key], workOf, options.signal);
    const { relations, ...rest } = one.statistics;
    own.push([one.key, { ...rest, ...(durations.length > 0 && { durations }), relations }]);
  }
  const all = Object.entries({ ...replaced?.databases, ...Object.fromEntries(own) });
  const statistics: Statistics = {
    kind: statisticsKind,
    schemaVersion: statisticsVersion,
    databases: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const text = fittingText(statistics);
  writeStatisticsFile(file, text);
  const written = readStatisticsFile(file);
  const findings = pulled.flatMap(({ key, missing }) => missing.map((one) => findingOf(key, one)));
  return {
    file,
    size: Buffer.byteLength(text),
    databases: pulled.map(({ key, target, statistics: read }) => ({
      key,
      target,
      statistics: written.databases[key] ?? read,
    })),
    findings: sortFindings(findings),
    summary: summarise(findings),
  };
}
