import { isServerError } from "../database/server-error.ts";
import { type Condition, refusalOf } from "../repair/conditions/condition.ts";
import type { RepairPlan } from "../repair/plan-repair.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { emptyTables, fillTables } from "./sample-rows.ts";
import type { Shadow } from "./shadow.ts";
import { forgetExpressions } from "./side.ts";

/** What the conditions of a script do with generated rows. */
export interface ShownConditions {
  /** Why the conditions do not describe the rows; empty if they do. */
  readonly reasons: readonly string[];
  /** Conditions that no row has violated. */
  readonly unshown: readonly Condition[];
}

/** Runs SQL of a script that leaves nothing behind. @returns the server's message if it fails */
async function tryOut<T>(
  shadow: Shadow,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<T | { readonly failure: string }> {
  await shadow.run("BEGIN");
  try {
    for (const sql of [forgetExpressions, ...settings]) await shadow.run(sql);
    return await work();
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { failure: error.message };
  } finally {
    await shadow.run("ROLLBACK");
  }
}

/** Whether rows violate a condition: its query returns some, and its guard fails for that reason alone. */
async function isViolated(
  shadow: Shadow,
  condition: Condition,
  settings: readonly string[],
): Promise<boolean | { readonly failure: string }> {
  const rows = await tryOut(shadow, settings, () => shadow.run<object>(condition.query));
  if ("failure" in rows)
    return { failure: `the query of a condition fails: ${rows.failure} in: ${condition.query}` };
  const guard = await tryOut(shadow, settings, () => shadow.run<object>(condition.guard));
  const stopped = "failure" in guard ? guard.failure : undefined;
  if (stopped === undefined && rows.length === 0) return false;
  if (rows.length > 0 && stopped?.startsWith(refusalOf(condition)) === true) return true;
  return {
    failure: `the guard of a condition ${stopped === undefined ? "does not stop" : `stops with: ${stopped}`}, where its query finds ${rows.length} rows: ${condition.query}`,
  };
}

/**
 * Shows that each condition describes rows that the script cannot have: its guard fires for them, and lets others pass.
 * The tables then have rows that fulfil all conditions.
 */
export async function showConditions(
  shadow: Shadow,
  schema: Schema,
  tables: readonly SchemaObject[],
  { conditions, settings }: Pick<RepairPlan, "conditions" | "settings">,
): Promise<ShownConditions> {
  const shown = new Set<Condition>();
  for (const level of ["plain", "none", undefined] as const) {
    const violated = new Set<Condition>();
    for (const condition of conditions) {
      const found = await isViolated(shadow, condition, settings);
      if (typeof found === "object") return { reasons: [found.failure], unshown: [] };
      if (found) violated.add(condition);
    }
    for (const condition of violated) shown.add(condition);
    if (violated.size === 0) break;
    if (level === undefined) return { reasons: [...violated].map(wordsOf), unshown: [] };
    const names = new Set([...violated].flatMap((condition) => condition.tables));
    await emptyTables(
      shadow,
      [...names].flatMap((key) => schema.objects.get(key) ?? []),
    );
    await fillTables(
      shadow,
      schema,
      tables.filter(({ kind, name }) => names.has(keyOf(kind, name))),
      level,
    );
  }
  return { reasons: [], unshown: conditions.filter((condition) => !shown.has(condition)) };
}

function wordsOf({ message, query }: Condition): string {
  return `a condition does not hold for empty tables: ${message}: ${query}`;
}
