import { SocratesError } from "../errors.ts";
import type { Limit } from "../migrations/plan.ts";
import type { Workspace } from "../project/workspace.ts";
import { planMigrate } from "../runner/migrate.ts";
import type { Planned } from "../runner/result.ts";
import { type Blocking, blockings } from "./locks.ts";
import { type QuietOptions, waitUntilQuiet } from "./moment.ts";
import { type RehearseResult, rehearse } from "./rehearse.ts";
import { lockText } from "./summary.ts";

/** What a whole migration does to others. */
export interface RehearsedMigration {
  /** The locks that its transaction holds in the end, on one line; empty for none. */
  readonly locks: string;
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
  readonly blocks: Blocking;
  /** Ids of its hazards. */
  readonly hazards: readonly string[];
  /** Why some of it is not measured. */
  readonly reason?: string;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** The part of a rehearsal that concerns one file. */
function ofFile({ statements, findings }: RehearseResult, file: string): RehearsedMigration {
  const own = statements.filter((statement) => statement.file === file);
  const reason = own.find(({ measured }) => !measured)?.reason;
  const blocks = new Set(own.map((statement) => statement.blocks));
  return {
    locks: lockText(own.at(-1)?.held ?? []),
    rewrites: unique(own.flatMap(({ rewrites }) => rewrites)),
    scans: unique(own.flatMap(({ scans }) => scans)),
    blocks: blockings.find((blocking) => blocks.has(blocking)) ?? "nothing",
    hazards: unique(findings.flatMap(({ code, location }) => (location?.file === file ? [code] : []))),
    ...(reason !== undefined && { reason }),
  };
}

/** A plan with what each of its migrations does to others, by file. */
export interface RehearsedPlan extends Planned {
  readonly rehearsed: ReadonlyMap<string, RehearsedMigration>;
}

/** What each file of a plan does to others; a rehearsal that cannot run is the reason of all. */
async function rehearsePlan(
  workspace: Workspace,
  { phase, number }: Limit,
  files: readonly string[],
): Promise<ReadonlyMap<string, RehearsedMigration>> {
  if (files.length === 0) return new Map();
  try {
    const result = await rehearse(workspace, { phase, to: number, asksForSizes: false });
    return new Map(files.map((file) => [file, ofFile(result, file)]));
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    const nothing = { locks: "", rewrites: [], scans: [], blocks: "nothing", hazards: [] } as const;
    return new Map(files.map((file) => [file, { ...nothing, reason: error.message }]));
  }
}

/** The plan of `migrate`, rehearsed. @throws SocratesError as `migrate` does before it changes anything */
export async function planRehearsed(workspace: Workspace, limit: Limit): Promise<RehearsedPlan> {
  const planned = await planMigrate(workspace.project, limit);
  const files = planned.scripts.map(({ file }) => file);
  return { ...planned, rehearsed: await rehearsePlan(workspace, limit, files) };
}

/**
 * Waits for a moment in which the pending migrations have to wait for no one.
 * @param waitForQuiet milliseconds; undefined does not wait
 * @throws SocratesError `not-quiet`; as `rehearse` does
 */
export async function waitForQuietPlan(
  workspace: Workspace,
  { phase, number }: Limit,
  waitForQuiet: number | undefined,
  options: Omit<QuietOptions, "waitForQuiet">,
): Promise<void> {
  if (waitForQuiet === undefined) return;
  const { statements } = await rehearse(workspace, {
    phase,
    to: number,
    asksForSizes: false,
    signal: options.signal,
  });
  await waitUntilQuiet(workspace, statements, { ...options, waitForQuiet });
}
