import type { RepairOptions } from "../repair/kept.ts";
import { planRepair, type RepairGroup, type RepairPlan } from "../repair/plan-repair.ts";
import type { Schema } from "../schema/model.ts";
import { fingerprints } from "./fingerprints.ts";
import { keptColumns, lostBy } from "./kept-columns.ts";
import { changedRows, differences, extras, readAfter, wantedAfter } from "./repair-result.ts";
import { applySettings, runInside } from "./run-groups.ts";
import type { Shadow } from "./shadow.ts";
import { pathOfRows } from "./side.ts";

/** A script that stops between its groups, on the side that it changes. */
export interface StoppedScript {
  readonly shadow: Shadow;
  /** The side before the script. */
  readonly from: Schema;
  readonly plan: RepairPlan;
  readonly options: RepairOptions;
  /** The rows before the script. */
  readonly rows: ReadonlyMap<string, string>;
}

/** An index whose concurrent build fails stays, and is not valid (manual, CREATE INDEX). It is the newest one. */
const breakNewestIndex = `UPDATE pg_catalog.pg_index SET indisvalid = false
WHERE indexrelid = (SELECT max(indexrelid) FROM pg_catalog.pg_index)`;

/** Why a script planned from the present state does not arrive; `damage` is done first. All is rolled back. */
async function reasonsAgainst(
  script: StoppedScript,
  where: string,
  damage: string | undefined,
): Promise<string[]> {
  const { shadow, from, plan, options, rows } = script;
  await shadow.run("BEGIN");
  try {
    if (damage !== undefined) await shadow.run(damage);
    const state = await shadow.readSchemaInside(extras);
    const again = planRepair(state, plan.wanted, { ...options, plain: true });
    if (again.obstacles.length > 0)
      return again.obstacles.map(({ key, reason }) => `${where}, ${key}: ${reason}`);
    await applySettings(shadow, again);
    const failure = await runInside(shadow, again);
    if (failure !== undefined) return [`${where}, ${failure.text}`];
    await shadow.run(pathOfRows(plan.wanted));
    const after = await fingerprints(shadow, keptColumns(from, plan.wanted, lostBy(plan)));
    return [
      ...differences(wantedAfter(from, plan), readAfter(await shadow.readSchemaInside(extras))).map(
        (text) => `${where}, a new script leaves another schema: ${text}`,
      ),
      ...changedRows(rows, after).map((table) => `${where}, a new script changes the rows of ${table}`),
    ];
  } finally {
    await shadow.run("ROLLBACK");
  }
}

/** Proves that a new script arrives if this one stops after a group, or while the group builds an index. */
export async function proveStop(script: StoppedScript, group: RepairGroup): Promise<string[]> {
  const what = group.statements.at(-1)?.what ?? "";
  const builds = !group.transaction && group.statements.some(({ sql }) => sql.startsWith("CREATE "));
  const reasons = await reasonsAgainst(script, `stopped after "${what}"`, undefined);
  if (!builds || reasons.length > 0) return reasons;
  return reasonsAgainst(script, `stopped while "${what}" failed`, breakNewestIndex);
}
