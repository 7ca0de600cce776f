import { isServerError } from "../database/server-error.ts";
import { accessOf, withAccess } from "../repair/access.ts";
import { planCreation } from "../repair/creation.ts";
import { changedAttributes, type LeftAlone } from "../repair/fates.ts";
import { sqlName, textOf } from "../repair/names.ts";
import { planRepair, type RepairOptions, type RepairPlan } from "../repair/plan-repair.ts";
import { creationSettings } from "../repair/search-path.ts";
import { ofRoles } from "../repair/ways.ts";
import { alignSchemas } from "../schema/align.ts";
import { keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { comparable } from "./comparable.ts";
import type { Printer } from "./printer.ts";
import { fillTables, fingerprints } from "./sample-rows.ts";
import type { Shadow } from "./shadow.ts";

/** A script that was run in a shadow, or why it is not proven. */
export interface Proof {
  readonly plan: RepairPlan;
  /** Empty if the script is proven. */
  readonly reasons: readonly string[];
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

/** An object without what belongs to roles. */
function withoutAccess(object: SchemaObject): SchemaObject {
  const attributes = Object.entries(object.attributes).filter(([name]) => !ofRoles.has(name));
  // Default privileges are what they give to roles.
  return object.kind === "default privileges"
    ? object
    : { ...object, attributes: Object.fromEntries(attributes) };
}

/** Every database has the schema public, with the owner and privileges that its server gives it. */
function withoutOwn(object: SchemaObject): SchemaObject {
  return object.kind === "schema" && object.name === "public" ? withoutAccess(object) : object;
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
  const { creations, unwritten } = planCreation(schema);
  const statements = [
    ...creationSettings(schema),
    ...creations.flatMap(({ create }) => create),
    ...accessOf([...schema.objects.values()], schema),
  ];
  const reasons = [...unwritten.keys()].map((key) => `${key} of the ${side} side cannot be written as SQL`);
  for (const sql of reasons.length > 0 ? [] : statements) {
    const failure = await shadow.run(sql).then(() => undefined, messageOf);
    if (failure !== undefined)
      return { built: schema, reasons: [`the ${side} side cannot be rebuilt: ${failure} in: ${sql}`] };
  }
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

/** The columns of tables that exist before and after, with equal types, by table. */
function keptColumns(from: Schema, to: Schema): ReadonlyMap<string, string[]> {
  const kept = new Map<string, string[]>();
  for (const [key, is] of from.objects) {
    const wanted = to.objects.get(key);
    if (wanted === undefined || is.kind !== "column") continue;
    const [before, after] = [from, to].map(({ objects }) => objects.get(keyOf("table", parentOf(is.name))));
    const isStored = [is, wanted].every((column) => textOf(column, "generated") === undefined);
    const isSame = textOf(is, "type") === textOf(wanted, "type");
    if (before === undefined || after === undefined || !isStored || !isSame) continue;
    if ([before, after].some((table) => textOf(table, "type") === "foreign table")) continue;
    const table = sqlName(before.name);
    kept.set(table, [...(kept.get(table) ?? []), sqlName(ownName(is.name))]);
  }
  return kept;
}

/** Runs the script on the built side with rows, and compares what it leaves. */
async function run(
  shadow: Shadow,
  from: Schema,
  plan: RepairPlan,
): Promise<Pick<Proof, "reasons" | "unfilled">> {
  const kept = keptColumns(from, plan.wanted);
  const tables = planCreation(from).creations.flatMap(({ kind, name }) => {
    const table = kind === "table" ? from.objects.get(keyOf(kind, name)) : undefined;
    return table !== undefined && kept.has(sqlName(name)) ? [table] : [];
  });
  const unfilled = await fillTables(shadow, from, tables);
  const before = await fingerprints(shadow, kept);
  for (const setting of plan.settings) await shadow.run(setting);
  for (const { sql, what } of plan.statements) {
    const failure = await shadow.run(sql).then(() => undefined, messageOf);
    if (failure !== undefined) return { reasons: [`${what}: ${failure} in: ${sql}`], unfilled };
  }
  const after = await shadow.readSchema(extras);
  const wanted = mapped(plan.wanted, (object) =>
    withAccess(object, from.objects.get(keyOf(object.kind, object.name))),
  );
  const unequal = differences(wanted, after).map((text) => `after the script, ${text}`);
  if (unequal.length > 0) return { reasons: unequal, unfilled };
  const rows = await fingerprints(shadow, kept);
  const lost = [...before].filter(([table, print]) => rows.get(table) !== print);
  return { reasons: lost.map(([table]) => `the script changes the rows of ${table}`), unfilled };
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
  const [left, right] = [
    await build(place.from, from, "present", place.printer),
    await build(place.to, mapped(to, withoutAccess), "wanted", place.printer),
  ];
  const plan = planRepair(left.built, mapped(right.built, withoutAccess), options);
  const known = [...left.reasons, ...right.reasons, ...plan.obstacles.map(wordsOf)];
  if (known.length > 0) return { plan, reasons: known, unfilled: [] };
  return { plan, ...(await run(place.from, left.built, plan)) };
}

function wordsOf({ key, reason }: LeftAlone): string {
  return `${key}: ${reason}`;
}
