import { isServerError } from "../database/server-error.ts";
import { type Condition, refusalOf } from "../repair/conditions/condition.ts";
import type { RepairPlan } from "../repair/plan-repair.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { emptyTables } from "./empty-tables.ts";
import { fillTables, type RowLevel } from "./sample-rows.ts";
import type { Shadow } from "./shadow.ts";
import { forgetExpressions } from "./side.ts";

/** What the conditions of a script do with generated rows. */
export interface ShownConditions {
  /** Why the conditions do not describe the rows; empty if they do. */
  readonly reasons: readonly string[];
  /** Conditions that no row has violated. */
  readonly unshown: readonly Condition[];
  /** A column whose type has no cast to the wanted one. */
  readonly uncastable?: ObjectKey | undefined;
}

interface Failure {
  readonly failure: string;
  readonly code: string;
}

/** SQLSTATE of a type without a cast to another one. */
export const cannotCoerce = "42846";

/** Runs SQL of a script that leaves nothing behind. @returns the server's message if it fails */
async function tryOut<T>(
  shadow: Shadow,
  settings: readonly string[],
  work: () => Promise<T>,
): Promise<T | Failure> {
  await shadow.run("BEGIN");
  try {
    for (const sql of [forgetExpressions, ...settings]) await shadow.run(sql);
    return await work();
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { failure: error.message, code: error.code };
  } finally {
    await shadow.run("ROLLBACK");
  }
}

/** Whether rows violate a condition: its query returns some, and its guard fails for that reason alone. */
async function isViolated(
  shadow: Shadow,
  condition: Condition,
  settings: readonly string[],
): Promise<boolean | Failure> {
  const rows = await tryOut(shadow, settings, () => shadow.run<object>(condition.query));
  if ("failure" in rows)
    return { ...rows, failure: `the query of a condition fails: ${rows.failure} in: ${condition.query}` };
  const guard = await tryOut(shadow, settings, () => shadow.run<object>(condition.guard));
  const stopped = "failure" in guard ? guard.failure : undefined;
  if (stopped === undefined && rows.length === 0) return false;
  if (rows.length > 0 && stopped?.startsWith(refusalOf(condition)) === true) return true;
  return {
    code: "",
    failure: `the guard of a condition ${stopped === undefined ? "does not stop" : `stops with: ${stopped}`}, where its query finds ${rows.length} rows: ${condition.query}`,
  };
}

/** What showing conditions needs: the tables are filled, those that the rows of a condition come from. */
export interface ConditionPlace {
  readonly shadow: Shadow;
  readonly from: Schema;
  readonly wanted: Schema;
  readonly tables: readonly SchemaObject[];
}

/** Whether a guard stops rows that differ in their keys only. */
async function stopsAlikeRows(
  condition: Condition,
  place: ConditionPlace,
  settings: readonly string[],
): Promise<boolean> {
  const guard = await tryOut(place.shadow, [], async () => {
    await refill([condition], place, "alike");
    for (const sql of settings) await place.shadow.run(sql);
    return place.shadow.run<object>(condition.guard);
  });
  return "failure" in guard && guard.failure.startsWith(refusalOf(condition));
}

/** Fills the tables of conditions with other rows. */
async function refill(
  conditions: Iterable<Condition>,
  { shadow, from, wanted, tables }: ConditionPlace,
  level: RowLevel,
  start = 0,
): Promise<void> {
  const names = new Set([...conditions].flatMap((condition) => condition.tables));
  const rooted = [...names].map((key) => rootOf(key, from));
  const concerned = tables.filter(({ kind, name }) => rooted.includes(keyOf(kind, name)));
  const emptied = [...names].flatMap((key) => from.objects.get(key) ?? []);
  await emptyTables(shadow, emptied);
  await fillTables(shadow, from, concerned, level, { wanted, start });
}

/** The table at the top of a partition. */
function rootOf(key: ObjectKey, { objects }: Schema): ObjectKey {
  for (let root = key; ; ) {
    const parent = objects.get(root)?.attributes["partitionOf"];
    if (typeof parent !== "string") return root;
    root = keyOf("table", parent);
  }
}

/** Runs the statement that fulfils a condition; a materialised view may fail for the rows that it reads. */
async function isRemedied(
  shadow: Shadow,
  { remedy }: Condition,
  settings: readonly string[],
): Promise<boolean> {
  if (remedy === undefined) return false;
  const tried = await tryOut(shadow, settings, () => shadow.run<object>(remedy));
  if ("failure" in tried) return false;
  await shadow.run(remedy);
  return true;
}

/** Rows with which tables are filled, one after the other, until they fulfil all conditions. */
const fillings = [
  ["plain", 0],
  ["plain", 1],
  ["plain", 2],
  ["plain", 3],
  ["none", 0],
] as const;

/** The conditions that some row can violate. */
export async function possibleConditions(
  shadow: Shadow,
  { conditions, settings }: Pick<RepairPlan, "conditions" | "settings">,
): Promise<Condition[]> {
  const possible: Condition[] = [];
  for (const condition of conditions) {
    const { likeness } = condition;
    const rows =
      likeness === undefined ? undefined : await tryOut(shadow, settings, () => shadow.run<object>(likeness));
    if (rows === undefined || "failure" in rows || rows.length > 0) possible.push(condition);
  }
  return possible;
}

/**
 * Shows that each condition describes rows that the script cannot have: its guard fires for them, and lets others pass.
 * The tables then have rows that fulfil all conditions.
 */
export async function showConditions(
  place: ConditionPlace,
  { conditions, settings }: Pick<RepairPlan, "conditions" | "settings">,
): Promise<ShownConditions> {
  const { shadow } = place;
  const shown = new Set<Condition>();
  for (const filling of [...fillings, undefined]) {
    const violated = new Set<Condition>();
    for (const condition of conditions) {
      const found = await isViolated(shadow, condition, settings);
      if (typeof found === "object") {
        const uncastable = found.code === cannotCoerce ? condition.object : undefined;
        return { reasons: [found.failure], unshown: [], uncastable };
      }
      if (found) violated.add(condition);
    }
    for (const condition of violated) shown.add(condition);
    if (violated.size === 0) break;
    if (filling === undefined) return { reasons: [...violated].map(wordsOf), unshown: [] };
    for (const condition of violated)
      if (await isRemedied(shadow, condition, settings)) violated.delete(condition);
    await refill(violated, place, filling[0], filling[1]);
  }
  const unshown: Condition[] = [];
  for (const condition of conditions)
    if (!shown.has(condition) && !(await stopsAlikeRows(condition, place, settings))) unshown.push(condition);
  return { reasons: [], unshown };
}

function wordsOf({ message, query }: Condition): string {
  return `a condition does not hold for empty tables: ${message}: ${query}`;
}
