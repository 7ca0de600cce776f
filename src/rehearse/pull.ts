import { runLimits } from "../config/run-limits.ts";
import type { Workspace } from "../project/workspace.ts";
import { shadowOptions } from "../sources/of-workspace.ts";
import type { KnownDuration } from "../statistics/model.ts";
import { type AppliedSince, type PullOptions, type PullResult, pullStatistics } from "../statistics/pull.ts";
import { fileOf, type RehearsalPlan, unknownTarget } from "./plan.ts";
import { type RehearsedChain, rehearseChain } from "./rehearse-chain.ts";
import { sizesOf } from "./sizes/of-chain.ts";
import { totalWork, type Work } from "./sizes/work.ts";

/** The work of one file; undefined where that of a statement is unknown. */
function workOf(
  { outcomes }: RehearsedChain["scripts"][number],
  sizes: ReturnType<typeof sizesOf>,
): Work | undefined {
  const all = outcomes.map((outcome) => sizes?.work.get(outcome));
  const known = all.filter((work) => work !== undefined);
  const total = totalWork(known);
  return known.length < all.length || Object.keys(total).length === 0 ? undefined : total;
}

/** Rehearses what was applied since the last statistics, at their sizes. */
async function appliedWork(
  workspace: Workspace,
  { key, earlier, rows }: AppliedSince,
  signal: AbortSignal | undefined,
): Promise<readonly KnownDuration[]> {
  const chain = workspace.project.databases.find((database) => database.key === key)?.chain;
  const after = earlier.head ?? 0;
  const migrations = chain?.migrations ?? [];
  const plan: RehearsalPlan = {
    key,
    base: migrations.filter(({ number }) => number <= after),
    files: migrations.filter(({ number }) => rows.some((row) => row.number === number)).map(fileOf),
    ...unknownTarget,
  };
  const { server } = shadowOptions(workspace);
  const { lockTimeout } = runLimits({}, workspace.config.file);
  const rehearsed = await rehearseChain(plan, { server, lockTimeout, signal });
  const sizes = sizesOf(rehearsed, { statistics: earlier, source: "" });
  return rehearsed.scripts.flatMap((script): KnownDuration[] => {
    const row = rows.find(({ number }) => number === script.file.migration?.number);
    const work = workOf(script, sizes);
    if (row === undefined || work === undefined) return [];
    return [{ number: row.number, durationMs: row.durationMs, work }];
  });
}

/**
 * Writes the statistics of all selected databases, see {@link pullStatistics}. Where the file has statistics of an earlier
 * head, the migrations since then are rehearsed with these, so that their durations tell how fast the target is.
 * @throws SocratesError as {@link pullStatistics}, and `migration-failed` for a migration that a shadow cannot run
 */
export function pullStats(workspace: Workspace, options: PullOptions): Promise<PullResult> {
  return pullStatistics(workspace, options, (applied, signal) => appliedWork(workspace, applied, signal));
}
