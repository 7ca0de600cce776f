import { runLimits } from "../config/run-limits.ts";
import type { Finding } from "../diff/finding.ts";
import type { Workspace } from "../project/workspace.ts";
import { shadowOptions } from "../sources/of-workspace.ts";
import { findingsOf } from "./findings.ts";
import { momentFindings } from "./moment.ts";
import { planRehearsal, type RehearsalScope } from "./plan.ts";
import { rehearseChain } from "./rehearse-chain.ts";
import { sizesOf, statisticsFor } from "./sizes/of-chain.ts";
import { type RehearsedStatement, statementsOf } from "./statements.ts";
import { summaryOf } from "./summary.ts";

export interface RehearseOptions extends RehearsalScope {
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
  /** Whether a statement could not be measured, and its result in production is unknown. */
  readonly isIncomplete: boolean;
}

/**
 * Runs the pending migrations of all databases in shadows, and says what each statement locks, rewrites and reads.
 * @throws SocratesError `usage` for a scope that does not exist, `migration-failed` for a migration of the schema
 * before, `statistics-invalid` for a file that does not fit, what `migrate` refuses, and connection errors
 */
export async function rehearse(workspace: Workspace, options: RehearseOptions = {}): Promise<RehearseResult> {
  const { signal, onProgress, live = false, waitForQuiet, ...scope } = options;
  const plans = await planRehearsal(workspace, scope, signal);
  const statistics = statisticsFor(workspace, plans, scope.stats);
  const { server } = shadowOptions(workspace);
  const { lockTimeout } = runLimits({}, workspace.config.file);
  const chains = await Promise.all(
    plans
      .filter(({ files }) => files.length > 0)
      .map((plan) => rehearseChain(plan, { server, lockTimeout, signal, onProgress })),
  );
  const versions = chains.map(({ plan, shadowVersion }) => plan.version ?? shadowVersion);
  const rehearsed = chains.map((chain, i) => ({
    ...chain,
    version: versions[i] ?? chain.shadowVersion,
    sizes: sizesOf(chain, statistics.get(chain.plan.key)),
  }));
  const findings = rehearsed.flatMap(findingsOf);
  const statements = rehearsed.flatMap(statementsOf);
  const isLive = live || waitForQuiet !== undefined;
  const moment = isLive
    ? await momentFindings(workspace, statements, { waitForQuiet: waitForQuiet ?? 0, signal, onProgress })
    : [];
  return {
    version: Math.floor(Math.min(...versions, 180_000) / 10_000),
    statements,
    findings: [...findings, ...moment],
    summary: rehearsed.length === 0 ? ["nothing is pending"] : rehearsed.flatMap(summaryOf),
    isIncomplete: findings.some(({ code }) => code === "not-measured"),
  };
}
