import { readScript } from "../../migrations/files.ts";
import { withShadow } from "../../shadow/open.ts";
import { runScript, runUp } from "../../sources/of-migrations.ts";
import { displayPath } from "../../sql/source-file.ts";
import type { RehearsalPlan } from "../plan.ts";
import { figuresFor, type RehearsalOptions } from "../rehearse-chain.ts";
import { factsIn } from "../transaction.ts";
import type { Assessment } from "./assessing.ts";
import { effectOn } from "./comparing.ts";
import { type PlannedAt, planAll, sessionOf } from "./planning.ts";
import type { ApplicationStatement } from "./statement.ts";

/** The display path of the file that changed what a statement does, by database and the statement's index. */
export type Culprits = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Runs the files of a database again, and plans these statements after each. */
async function replay(
  plan: RehearsalPlan,
  statements: readonly ApplicationStatement[],
  affected: readonly number[],
  before: PlannedAt,
  options: RehearsalOptions,
): Promise<Map<number, string>> {
  const { key, base, files } = plan;
  const found = new Map<number, string>();
  const sql = affected.flatMap((at) => statements[at]?.sql ?? []);
  const { costed } = before;
  const own = {
    ...before,
    planned: affected.flatMap((at) => before.planned[at] ?? []),
    ...(costed && { costed: affected.flatMap((at) => costed[at] ?? []) }),
  };
  await withShadow({ ...options, database: key }, async (shadow) => {
    for (const file of base) await runUp(shadow, file);
    const figures = figuresFor(options, await factsIn(shadow));
    for (const { source, noTransaction } of files) {
      await runScript(shadow, readScript(source, noTransaction));
      const now = await planAll(shadow, sql, sessionOf(plan, options), figures);
      for (const [i, at] of affected.entries())
        if (!found.has(at) && effectOn(i, own, now) !== undefined) found.set(at, displayPath(source.path));
    }
  });
  return found;
}

/**
 * Which file changed what the affected statements do. Several files are run again for that, in another shadow.
 * @param options by key of the database
 * @throws SocratesError as opening a shadow does
 */
export async function findCulprits(
  plans: readonly RehearsalPlan[],
  statements: readonly ApplicationStatement[],
  assessments: readonly Assessment[],
  before: ReadonlyMap<string, PlannedAt>,
  options: (key: string) => RehearsalOptions,
): Promise<Culprits> {
  const culprits = new Map<string, ReadonlyMap<number, string>>();
  for (const plan of plans) {
    const affected = assessments.flatMap((one, at) =>
      one.kind === "planned" && one.effects.has(plan.key) ? [at] : [],
    );
    const was = before.get(plan.key);
    const [first, second] = plan.files;
    if (affected.length === 0 || first === undefined || was === undefined) continue;
    const path = displayPath(first.source.path);
    culprits.set(
      plan.key,
      second === undefined
        ? new Map(affected.map((at) => [at, path]))
        : await replay(plan, statements, affected, was, options(plan.key)),
    );
  }
  return culprits;
}
