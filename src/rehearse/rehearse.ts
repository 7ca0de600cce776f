import { runLimits } from "../config/run-limits.ts";
import type { Finding } from "../diff/finding.ts";
import type { Workspace } from "../project/workspace.ts";
import { shadowOptions } from "../sources/of-workspace.ts";
import { ApplicationRehearsal } from "./application/rehearsal.ts";
import type { ApplicationCounts } from "./application/reporting.ts";
import { findingsOf } from "./findings.ts";
import { momentReport } from "./moment.ts";
import { planRehearsal, type RehearsalScope } from "./plan.ts";
import { rehearseChain } from "./rehearse-chain.ts";
import { sizesOf, statisticsFor } from "./sizes/of-chain.ts";
import { type RehearsedStatement, statementsOf } from "./statements.ts";
import { summaryOf } from "./summary.ts";

export interface RehearseOptions extends RehearsalScope {
  /** The application's statements: a folder of SQL files, or `live` for what the targets have recorded. */
  readonly statements?: string | undefined;
  /** Whether to also report what the target is doing now. */
  readonly live?: boolean | undefined;
  /** How long to wait for a moment without what the first statements would wait for; milliseconds. */
  readonly waitForQuiet?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives what is being done, in a few words. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface RehearseResult {
  /** The oldest major version whose rules apply. */
  readonly version: number;
  readonly statements: readonly RehearsedStatement[];
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
  /** What became of the application's statements, if they were asked for. */
  readonly applicationStatements?: ApplicationCounts;
  /** Whether a statement could not be measured, and its result in production is unknown. */
  readonly isIncomplete: boolean;
}

/**
 * Runs the pending migrations of all databases in shadows, and says what each statement locks, rewrites and reads.
 * @throws SocratesError `usage` for a scope that does not exist, `migration-failed` for a migration of the schema
 * before, `statistics-invalid` for a file that does not fit, what `migrate` refuses, and connection errors
 */
export async function rehearse(workspace: Workspace, options: RehearseOptions = {}): Promise<RehearseResult> {
  const { signal, onProgress, live = false, waitForQuiet, statements: from, ...scope } = options;
  const { server } = shadowOptions(workspace);
  const { lockTimeout } = runLimits({}, workspace.config.file);
  const settings = { server, lockTimeout, signal, onProgress };
  const application =
    from === undefined ? undefined : await ApplicationRehearsal.read(from, workspace, settings);
  const plans = await planRehearsal(workspace, scope, signal);
  const statistics = statisticsFor(workspace, plans, scope.stats);
  // A statement may belong to a database without pending migrations.
  const concerned = plans.filter(({ files }) => files.length > 0 || application !== undefined);
  const chains = await Promise.all(
    concerned.map((plan) =>
      rehearseChain(plan, {
        ...settings,
        ...application?.observer,
        statistics: statistics.get(plan.key)?.statistics,
      }),
    ),
  );
  const rehearsed = chains
    .filter(({ plan }) => plan.files.length > 0)
    .map((chain) => ({
      ...chain,
      version: chain.plan.version ?? chain.shadowVersion,
      sizes: sizesOf(chain, statistics.get(chain.plan.key)),
    }));
  const versions = rehearsed.map(({ version }) => version);
  const statements = rehearsed.flatMap(statementsOf);
  const planned = await application?.report(concerned, statistics);
  const findings = [...rehearsed.flatMap(findingsOf), ...(planned?.findings ?? [])];
  const isLive = live || waitForQuiet !== undefined;
  const moment = isLive
    ? await momentReport(workspace, statements, { waitForQuiet: waitForQuiet ?? 0, signal, onProgress })
    : { findings: [], summary: [] };
  return {
    version: Math.floor(Math.min(...versions, 180_000) / 10_000),
    statements,
    findings: [...findings, ...moment.findings],
    summary: [
      ...(rehearsed.length === 0 ? ["nothing is pending"] : rehearsed.flatMap(summaryOf)),
      ...(planned?.summary ?? []),
      ...moment.summary,
    ],
    ...(planned && { applicationStatements: planned.counts }),
    isIncomplete: findings.some(({ code }) => code === "not-measured"),
  };
}

/** The result as reports have it: the findings, and what JSON adds to them. */
export function rehearsalContent({ findings, version, statements, applicationStatements }: RehearseResult): {
  readonly findings: readonly Finding[];
  readonly details: Readonly<Record<string, unknown>>;
} {
  return {
    findings,
    details: { version, statements, ...(applicationStatements && { applicationStatements }) },
  };
}
