import { isServerError } from "../database/server-error.ts";
import { forServer, withAccess, withAsked, withUsual } from "../repair/access.ts";
import type { Condition } from "../repair/conditions/condition.ts";
import { planCreation } from "../repair/creation.ts";
import { changedAttributes, type LeftAlone } from "../repair/fates.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { sqlName } from "../repair/names.ts";
import { afterSteps, planRepair, type RepairPlan } from "../repair/plan-repair.ts";
import { tooNewFor } from "../repair/version-facts.ts";
import { alignSchemas } from "../schema/align.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { comparable } from "./comparable.ts";
import { cannotCoerce, showConditions } from "./condition-proof.ts";
import { emptyTables } from "./empty-tables.ts";
import { fingerprints } from "./fingerprints.ts";
import { keptColumns, lostBy } from "./kept-columns.ts";
import type { Printer } from "./printer.ts";
import { rename } from "./renamed.ts";
import { createRoles } from "./roles.ts";
import { fillTables } from "./sample-rows.ts";
import type { Shadow } from "./shadow.ts";
import { createSide, forgetExpressions, pathOfRows } from "./side.ts";

/** A script that was run in a shadow, or why it is not proven. */
export interface Proof {
  readonly plan: RepairPlan;
  /** Empty if the script is proven. */
  readonly reasons: readonly string[];
  /** What the rows must be like. */
  readonly conditions: readonly Condition[];
  /** Conditions that no generated row has violated: nothing shows that their guards stop the script. */
  readonly unshown: readonly Condition[];
  /** Kept tables for which no rows could be generated: nothing shows that their rows survive. */
  readonly unfilled: readonly string[];
}

/** Two empty databases: one for each side. */
export interface ProofPlace {
  readonly from: Shadow;
  readonly to: Shadow;
  readonly printer: Printer;
}

const extras = { privileges: true, owners: true, exact: true };

function messageOf(error: unknown): string {
  if (isServerError(error)) return error.message;
  throw error;
}

/** The differences of two schemas in words, without suppressing any. */
function differences(wanted: Schema, actual: Schema): string[] {
  const { missing, unexpected, pairs } = alignSchemas(wanted, actual);
  return [
    ...missing.map(({ kind, name }) => `${kind} ${name} is missing`),
    ...unexpected.map(({ kind, name }) => `${kind} ${name} is unexpected`),
    ...pairs.flatMap(([expected, is]) =>
      changedAttributes(expected, is).map(
        (name) =>
          `${name} of ${is.kind} ${is.name} is ${is.attributes[name] ?? "not set"} instead of ${expected.attributes[name] ?? "not set"}`,
      ),
    ),
  ];
}

/** Every database has the schema public, with the owner and privileges that its server gives it. */
function withoutOwn(object: SchemaObject): SchemaObject {
  return object.kind === "schema" && object.name === "public" ? withAsked(object, {}) : object;
}

function mapped(schema: Schema, change: (object: SchemaObject) => SchemaObject): Schema {
  return schemaOf([...schema.objects.values()].map(change), schema.uncovered, schema.serverVersion);
}

/** Creates a schema in an empty database. @returns why it is not equal to the schema, in words */
async function build(
  shadow: Shadow,
  schema: Schema,
  side: string,
  printer: Printer,
): Promise<{ readonly built: Schema; readonly reasons: readonly string[] }> {
  const { unwritten } = planCreation(schema);
  const reasons = [...unwritten.keys()].map((key) => `${key} of the ${side} side cannot be written as SQL`);
  const failure = reasons.length > 0 ? undefined : await createSide(shadow, schema);
  if (failure !== undefined)
    return { built: schema, reasons: [`the ${side} side cannot be rebuilt: ${failure}`] };
  const built = await shadow.readSchema(extras);
  const lacks = built.uncovered.flatMap(({ what, name, reason }) =>
    reason === undefined ? [] : [`${what} ${name} of the ${side} side: ${reason}`],
  );
  if (reasons.length + lacks.length > 0) return { built, reasons: [...reasons, ...lacks] };
  const { expected, actual } = await comparable(
    mapped(schema, withoutOwn),
    mapped(built, withoutOwn),
    printer,
  );
  const unequal = differences(expected, actual).map((text) => `the rebuilt ${side} side differs: ${text}`);
  return { built, reasons: unequal };
}

/** Errors about the values of rows: data exceptions and violated constraints (manual, appendix A). */
const aboutRows = /^2[23]/;

interface Ran extends Pick<Proof, "reasons" | "unfilled" | "unshown"> {
  /** A column that has no cast to its wanted type, if that is the only reason. */
  readonly uncastable?: ObjectKey | undefined;
}

/** A statement that failed. */
interface Failure {
  readonly text: string;
  readonly object: ObjectKey;
  readonly code: string;
}

async function runStatements(
  shadow: Shadow,
  { settings, statements }: RepairPlan,
): Promise<Failure | undefined> {
  for (const sql of settings) await shadow.run(sql);
  for (const { sql, what, object } of statements) {
    const failure = await shadow.run(sql).then(
      () => undefined,
      (error: unknown) => ({
        text: `${what}: ${messageOf(error)} in: ${sql}`,
        object,
        code: isServerError(error) ? error.code : "",
      }),
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function isOneTransaction({ groups }: RepairPlan): boolean {
  return groups.length <= 1 && groups.every(({ transaction }) => transaction);
}

/** Runs the script on the built side, over rows that fulfil its conditions. */
async function run(shadow: Shadow, from: Schema, plan: RepairPlan): Promise<Ran> {
  const kept = keptColumns(from, plan.wanted, lostBy(plan));
  const tables = planCreation(from).creations.flatMap(({ kind, name }) => {
    const table = kind === "table" ? from.objects.get(keyOf(kind, name)) : undefined;
    return table !== undefined && kept.has(sqlName(name)) ? [table] : [];
  });
  await shadow.run(pathOfRows(from));
  const unfilled = await fillTables(shadow, from, tables, "edges", { wanted: plan.wanted });
  const {
    reasons,
    unshown,
    uncastable: refused,
  } = await showConditions({ shadow, from, wanted: plan.wanted, tables }, plan);
  const found = { unfilled, unshown };
  if (reasons.length > 0) {
    await emptyTables(shadow, tables);
    return { ...found, reasons, uncastable: refused };
  }
  const before = await fingerprints(shadow, kept);
  // What must be committed in between cannot be rolled back.
  const isWhole = isOneTransaction(plan);
  await shadow.run(forgetExpressions);
  if (isWhole) await shadow.run("BEGIN");
  const failure = await runStatements(shadow, plan);
  if (failure === undefined) return { ...found, ...(await compareAfter(shadow, from, plan, before)) };
  if (isWhole) {
    await shadow.run("ROLLBACK");
    await emptyTables(shadow, tables);
  }
  const uncastable = isWhole && failure.code === cannotCoerce ? failure.object : undefined;
  const text = aboutRows.test(failure.code)
    ? `${failure.text}: this depends on the rows, and no condition describes it`
    : failure.text;
  return { ...found, reasons: [text], uncastable };
}

/** What a script that ran leaves other than wanted. */
async function compareAfter(
  shadow: Shadow,
  from: Schema,
  plan: RepairPlan,
  before: ReadonlyMap<string, string>,
): Promise<Pick<Proof, "reasons">> {
  await shadow.run(pathOfRows(plan.wanted));
  const rows = await fingerprints(shadow, keptColumns(from, plan.wanted, lostBy(plan)));
  if (isOneTransaction(plan)) await shadow.run("COMMIT");
  const after = mapped(await shadow.readSchema(extras), withUsual);
  const wanted = mapped(plan.wanted, (object) =>
    withUsual(withAccess(object, from.objects.get(keyOf(object.kind, object.name)))),
  );
  const unequal = differences(wanted, after).map((text) => `after the script, ${text}`);
  const lost = [...before].filter(([table, print]) => rows.get(table) !== print);
  return { reasons: [...unequal, ...lost.map(([table]) => `the script changes the rows of ${table}`)] };
}

/**
 * Plans the script that turns one schema into another, and proves it: both sides are rebuilt and read back equal, the
 * script runs statement by statement over generated rows, and the catalog afterwards equals the wanted side.
 * @param from the schema as it is, read with privileges, owners and exactly
 */
export async function proveRepair(
  from: Schema,
  to: Schema,
  options: RepairOptions,
  place: ProofPlace,
): Promise<Proof> {
  const asked = (object: SchemaObject) => forServer(withAsked(object, options), from.serverVersion);
  const [left, right] = [
    await build(place.from, from, "present", place.printer),
    await build(place.to, mapped(to, asked), "wanted", place.printer),
  ];
  const wanted = mapped(right.built, asked);
  // Failed statements would create them, but also end the transaction of the script.
  await createRoles(place.from, wanted);
  const unbuilt = [...left.reasons, ...right.reasons];
  const { schema, steps } =
    unbuilt.length > 0
      ? { schema: left.built, steps: [] }
      : await rename(place.from, left.built, wanted, options.renames ?? []);
  const plan = planRepair(schema, wanted, options);
  const known = [...unbuilt, ...plan.obstacles.map(wordsOf)];
  const proof =
    known.length > 0
      ? { plan, reasons: known, ...nothingShown }
      : await prove(place.from, schema, wanted, plan, { ...options, serverVersion: from.serverVersion });
  return { ...proof, plan: afterSteps(steps, proof.plan) };
}

const nothingShown = { conditions: [], unshown: [], unfilled: [] };

/** Runs a plan; a column without a cast to its new type is replaced, which destroys its values. */
async function prove(
  shadow: Shadow,
  from: Schema,
  to: Schema,
  plan: RepairPlan,
  { serverVersion, ...options }: RepairOptions & { readonly serverVersion: number },
): Promise<Proof> {
  const tooNew = plan.statements.flatMap(({ sql, what }) => {
    const reason = tooNewFor(sql, serverVersion);
    return reason === undefined ? [] : [`${what}: ${reason}`];
  });
  if (tooNew.length > 0) return { plan, reasons: tooNew, ...nothingShown };
  const { uncastable, ...ran } = await run(shadow, from, plan);
  if (uncastable === undefined || options.replaced?.has(uncastable))
    return { plan, conditions: plan.conditions, ...ran };
  const again = { ...options, serverVersion, replaced: new Set([...(options.replaced ?? []), uncastable]) };
  return prove(shadow, from, to, planRepair(from, to, again), again);
}

function wordsOf({ key, reason }: LeftAlone): string {
  return `${key}: ${reason}`;
}
