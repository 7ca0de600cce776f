import { forServer, withAsked } from "../repair/access.ts";
import { planCreation } from "../repair/creation.ts";
import type { LeftAlone } from "../repair/fates.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { afterSteps, planRepair, type RepairPlan } from "../repair/plan-repair.ts";
import { tooNewFor } from "../repair/version-facts.ts";
import type { ObjectKey, Schema, SchemaObject } from "../schema/model.ts";
import { comparable } from "./comparable.ts";
import type { Printer } from "./printer.ts";
import { clear } from "./rebuild.ts";
import { rename } from "./renamed.ts";
import { differences, extras, mapped } from "./repair-result.ts";
import { createRoles } from "./roles.ts";
import { type Ran, runRepair } from "./run-repair.ts";
import type { Shadow } from "./shadow.ts";
import { createSide } from "./side.ts";
import { withoutUntouched } from "./untouched.ts";

/** A script that was run in a shadow, or why it is not proven. */
export interface Proof extends Pick<Ran, "plan" | "reasons" | "unshown" | "unfilled" | "stops"> {
  /** Why the script has the shortest form although others should be able to read and write; empty if it has not. */
  readonly notGentle: readonly string[];
  /** Objects that the proof did without: this program writes no SQL for them, and the script does not concern them. */
  readonly untouched: readonly ObjectKey[];
}

/** Two empty databases: one for each side. */
export interface ProofPlace {
  readonly from: Shadow;
  readonly to: Shadow;
  readonly printer: Printer;
}

/** Every database has the schema public, with the owner and privileges that its server gives it. */
function withoutOwn(object: SchemaObject): SchemaObject {
  return object.kind === "schema" && object.name === "public" ? withAsked(object, {}) : object;
}

/** Creates a schema in an empty database. @returns why it is not equal to the schema, in words */
async function build(
  shadow: Shadow,
  schema: Schema,
  side: string,
  printer: Printer,
): Promise<{ readonly built: Schema; readonly reasons: readonly string[] }> {
  const { creations, unwritten } = planCreation(schema);
  const reasons = [...unwritten.keys()].map((key) => `${key} of the ${side} side cannot be written as SQL`);
  const failure = reasons.length > 0 ? undefined : await createSide(shadow, schema, creations);
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

/** The present side in a shadow, after its renames, and the wanted side as the same engine prints it. */
interface Sides {
  readonly shadow: Shadow;
  readonly from: Schema;
  readonly to: Schema;
  /** Makes the present side in the shadow what it was; returns why that fails. */
  readonly restore: () => Promise<readonly string[]>;
}

/**
 * Plans the script that turns one schema into another, and proves it: both sides are rebuilt and read back equal, the
 * script runs statement by statement over generated rows, and the catalog afterwards equals the wanted side. Stopped
 * between its transactions, a new script arrives. Without a proof, the shortest form is tried.
 * @param from the schema as it is, read with privileges, owners and exactly
 */
export async function proveRepair(
  from: Schema,
  to: Schema,
  options: RepairOptions,
  place: ProofPlace,
): Promise<Proof> {
  const wanted = mapped(to, (object) => withAsked(object, options));
  const { untouched, ...sides } = await withoutUntouched(from, wanted, place.printer);
  return { ...(await proveSides(sides.from, sides.to, options, place)), untouched };
}

/** The proof of a script without what it leaves untouched. */
type OwnProof = Omit<Proof, "untouched">;

async function proveSides(
  from: Schema,
  to: Schema,
  options: RepairOptions,
  { from: shadow, to: other, printer }: ProofPlace,
): Promise<OwnProof> {
  const { serverVersion = from.serverVersion } = options;
  const asked = (object: SchemaObject) => forServer(withAsked(object, options), serverVersion);
  const [left, right] = await Promise.all([
    build(shadow, from, "present", printer),
    build(other, mapped(to, asked), "wanted", printer),
  ]);
  const wanted = mapped(right.built, asked);
  // Failed statements would create them, but also end the transaction of the script.
  await createRoles(shadow, wanted);
  const unbuilt = [...left.reasons, ...right.reasons];
  if (unbuilt.length > 0) return unproven(planRepair(left.built, wanted, options), unbuilt);
  const renames = options.renames ?? [];
  const { schema, steps } = await rename(shadow, left.built, wanted, renames);
  const restore = async () => {
    await clear(shadow);
    const { reasons } = await build(shadow, from, "present", printer);
    if (reasons.length === 0) await rename(shadow, left.built, wanted, renames);
    return reasons;
  };
  const all = { ...options, serverVersion };
  const proof = await proveOrShorten({ shadow, from: schema, to: wanted, restore }, all);
  return { ...proof, plan: afterSteps(steps, proof.plan, left.built) };
}

/** Proves a script, or the one in the shortest form if that alone can be proven. */
async function proveOrShorten(sides: Sides, options: CompleteOptions): Promise<OwnProof> {
  const proof = await prove(sides, options);
  if (proof.reasons.length === 0 || options.plain === true || proof.plan.groups.length <= 1) return proof;
  if ((await sides.restore()).length > 0) return proof;
  const plain = await prove(sides, { ...options, plain: true });
  return plain.reasons.length === 0 ? { ...plain, notGentle: proof.reasons } : proof;
}

type CompleteOptions = RepairOptions & { readonly serverVersion: number };

function unproven(plan: RepairPlan, reasons: readonly string[]): OwnProof {
  const stops = { shown: 0, all: 0 };
  return { plan, reasons, unshown: [], unfilled: [], stops, notGentle: [] };
}

/** Plans a script and runs it; a column without a cast to its new type is replaced, which destroys its values. */
async function prove(sides: Sides, options: CompleteOptions): Promise<OwnProof> {
  const plan = planRepair(sides.from, sides.to, options);
  const tooNew = plan.statements.flatMap(({ sql, what }) => {
    const reason = tooNewFor(sql, options.serverVersion);
    return reason === undefined ? [] : [`${what}: ${reason}`];
  });
  const known = [...plan.obstacles.map(wordsOf), ...tooNew];
  if (known.length > 0) return unproven(plan, known);
  const { uncastable, ...ran } = await runRepair(sides.shadow, sides.from, plan, options);
  const proof = { ...ran, notGentle: [] };
  const replaced = new Set<ObjectKey>(options.replaced);
  if (uncastable === undefined || replaced.has(uncastable)) return proof;
  if ((await sides.restore()).length > 0) return proof;
  return prove(sides, { ...options, replaced: replaced.add(uncastable) });
}

function wordsOf({ key, reason }: LeftAlone): string {
  return `${key}: ${reason}`;
}
