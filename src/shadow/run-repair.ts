import type { Condition } from "../repair/conditions/condition.ts";
import { planCreation } from "../repair/creation.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { sqlName } from "../repair/names.ts";
import type { RepairPlan } from "../repair/plan-repair.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { cannotCoerce, possibleConditions, showConditions } from "./condition-proof.ts";
import { fingerprints } from "./fingerprints.ts";
import { keptColumns, lostBy } from "./kept-columns.ts";
import { changedRows, differences, extras, readAfter, wantedAfter } from "./repair-result.ts";
import { applySettings, type Failure, runGroup, runStatements } from "./run-groups.ts";
import { fillTables } from "./sample-rows.ts";
import type { Shadow } from "./shadow.ts";
import { forgetExpressions, pathOfRows } from "./side.ts";
import { proveStop, type StoppedScript } from "./stopped-script.ts";

/** After how many of its groups a script was stopped to show that a new one arrives from there. */
export interface Stops {
  readonly shown: number;
  readonly all: number;
}

/** What became of a script in a shadow. */
export interface Ran {
  /** The script, without conditions that no row can violate. */
  readonly plan: RepairPlan;
  /** Empty if the script is proven. */
  readonly reasons: readonly string[];
  /** Conditions that no generated row has violated: nothing shows that their guards stop the script. */
  readonly unshown: readonly Condition[];
  /** Kept tables for which no rows could be generated: nothing shows that their rows survive. */
  readonly unfilled: readonly string[];
  readonly stops: Stops;
  /** A column that has no cast to its wanted type, if that is the only reason. */
  readonly uncastable?: ObjectKey | undefined;
}

/** Errors about the values of rows: data exceptions and violated constraints (manual, appendix A). */
const aboutRows = /^2[23]/;

/** How many stops are shown at the start of a script, and how many at its end: each reads and plans the schema again. */
const mostStops = 10;

function isOneTransaction({ groups }: RepairPlan): boolean {
  return groups.length <= 1 && groups.every(({ transaction }) => transaction);
}

/** The tables of a schema whose rows are compared, in the order of their creation. */
function keptTables(from: Schema, kept: ReadonlyMap<string, unknown>): SchemaObject[] {
  return planCreation(from).creations.flatMap(({ kind, name }) => {
    const table = kind === "table" ? from.objects.get(keyOf(kind, name)) : undefined;
    return table !== undefined && kept.has(sqlName(name)) ? [table] : [];
  });
}

/** Runs a script on the built side, over rows that fulfil its conditions. */
export async function runRepair(
  shadow: Shadow,
  from: Schema,
  planned: RepairPlan,
  options: RepairOptions,
): Promise<Ran> {
  const plan = { ...planned, conditions: await possibleConditions(shadow, planned) };
  const kept = keptColumns(from, plan.wanted, lostBy(plan));
  const tables = keptTables(from, kept);
  await shadow.run(pathOfRows(from));
  const unfilled = await fillTables(shadow, from, tables, "edges", { wanted: plan.wanted });
  const { reasons, unshown, uncastable } = await showConditions(
    { shadow, from, wanted: plan.wanted, tables },
    plan,
  );
  const isOne = isOneTransaction(plan);
  const all = isOne ? 0 : plan.groups.length - 1;
  if (reasons.length > 0) return { plan, reasons, unshown, unfilled, uncastable, stops: { shown: 0, all } };
  const script = { shadow, from, plan, options, rows: await fingerprints(shadow, kept) };
  await shadow.run(forgetExpressions);
  await applySettings(shadow, plan);
  const { failure, ...ran } = isOne ? await runOne(script) : await runGroups(script, all);
  if (failure === undefined) return { ...ran, plan, unshown, unfilled };
  return {
    ...ran,
    plan,
    reasons: [wordsOf(failure)],
    unshown,
    unfilled,
    uncastable: failure.code === cannotCoerce ? failure.object : undefined,
  };
}

function wordsOf({ text, code }: Failure): string {
  return aboutRows.test(code) ? `${text}: this depends on the rows, and no condition describes it` : text;
}

interface Ended extends Pick<Ran, "reasons" | "stops"> {
  readonly failure?: Failure;
}

/** Runs a script of one transaction; if it fails, the side is as before. */
async function runOne(script: StoppedScript): Promise<Ended> {
  const { shadow, plan } = script;
  const stops = { shown: 0, all: 0 };
  await shadow.run("BEGIN");
  const failure = await runStatements(shadow, plan.groups[0] ?? { statements: [] });
  if (failure === undefined) return { reasons: await commit(script), stops };
  await shadow.run("ROLLBACK");
  return { failure, reasons: [], stops };
}

/** Runs a script as psql does, and shows for its stops that a new script arrives from there. */
async function runGroups(script: StoppedScript, all: number): Promise<Ended> {
  const { shadow, plan } = script;
  let shown = 0;
  for (const [i, group] of plan.groups.entries()) {
    const failure = await runGroup(shadow, group);
    if (failure !== undefined) return { failure, reasons: [], stops: { shown, all } };
    if (i === all || (i >= mostStops && i < all - mostStops)) continue;
    const reasons = await proveStop(script, group);
    if (reasons.length > 0) return { reasons, stops: { shown, all } };
    shown++;
  }
  await shadow.run("BEGIN");
  return { reasons: await commit(script), stops: { shown, all } };
}

/** Ends the transaction of a script. @returns what it leaves other than wanted */
async function commit({ shadow, from, plan, rows }: StoppedScript): Promise<string[]> {
  await shadow.run(pathOfRows(plan.wanted));
  const after = await fingerprints(shadow, keptColumns(from, plan.wanted, lostBy(plan)));
  await shadow.run("COMMIT");
  return [
    ...differences(wantedAfter(from, plan), readAfter(await shadow.readSchema(extras))).map(
      (text) => `after the script, ${text}`,
    ),
    ...changedRows(rows, after).map((table) => `the script changes the rows of ${table}`),
  ];
}
