import { ofRoles } from "../repair/access-ways.ts";
import { planCreation } from "../repair/creation.ts";
import { changedAttributes } from "../repair/fates.ts";
import { alignSchemas } from "../schema/align.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { comparable } from "./comparable.ts";
import type { Printer } from "./printer.ts";

/** Two sides of a repair without the objects that no SQL of this program creates and no script concerns. */
export interface Separated {
  readonly from: Schema;
  readonly to: Schema;
  /** What both sides have alike and a proof does without; parts of an object that is among them are not repeated. */
  readonly untouched: readonly ObjectKey[];
}

/** The objects that differ between two schemas. */
interface Changed {
  /** In any attribute. */
  readonly all: ReadonlySet<ObjectKey>;
  /** So that what needs them is concerned, with the objects that contain them. */
  readonly forUsers: ReadonlySet<ObjectKey>;
}

async function changedIn(from: Schema, to: Schema, printer: Printer): Promise<Changed> {
  const { expected, actual } = await comparable(to, from, printer);
  const { missing, unexpected, pairs } = alignSchemas(expected, actual);
  // Comments, owners and privileges change in place, and nothing that needs the object notices.
  const differs = (isOf: (name: string) => boolean) =>
    pairs.flatMap(([one, other]) => (changedAttributes(one, other).some(isOf) ? [one] : []));
  const keys = ({ kind, name }: SchemaObject) => keyOf(kind, name);
  const others = [...missing, ...unexpected];
  const forUsers = [...others, ...differs((name) => name !== "comment" && !ofRoles.has(name))];
  return {
    all: new Set([...others, ...differs(() => true)].map(keys)),
    forUsers: new Set(forUsers.flatMap((one) => [keys(one), ...[hostOf(one) ?? []].flat()])),
  };
}

/** Whether an object, or one that it needs directly or through others, is among the changed ones. */
function concernedBy(changed: ReadonlySet<ObjectKey>, { objects }: Schema): (key: ObjectKey) => boolean {
  const known = new Map<ObjectKey, boolean>();
  const isConcerned = (key: ObjectKey): boolean => {
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, changed.has(key));
    const answer = changed.has(key) || (objects.get(key)?.needs ?? []).some(isConcerned);
    known.set(key, answer);
    return answer;
  };
  return isConcerned;
}

function without(schema: Schema, left: ReadonlySet<ObjectKey>): Schema {
  const objects = [...schema.objects].flatMap(([key, object]) => (left.has(key) ? [] : [object]));
  return schemaOf(objects, schema.uncovered, schema.serverVersion);
}

/**
 * Leaves out of both sides what cannot be written as SQL (base types, subscriptions, security labels) with what needs
 * it, if it is the same on both and rests on nothing that changes: a script has no statement about it.
 * @param to without the owners and privileges that the script does not change
 */
export async function withoutUntouched(from: Schema, to: Schema, printer: Printer): Promise<Separated> {
  const unwritten = new Set([from, to].flatMap((side) => [...planCreation(side).unwritten.keys()]));
  if (unwritten.size === 0) return { from, to, untouched: [] };
  const { all, forUsers } = await changedIn(from, to, printer);
  const [before, after] = [concernedBy(forUsers, from), concernedBy(forUsers, to)];
  const isKept = [...unwritten].some((key) => all.has(key) || before(key) || after(key));
  if (isKept) return { from, to, untouched: [] };
  const isWhole = (key: ObjectKey) => {
    const object = from.objects.get(key);
    const host = object === undefined ? undefined : hostOf(object);
    return host === undefined || !unwritten.has(host);
  };
  const untouched = [...unwritten].filter(isWhole);
  return { from: without(from, unwritten), to: without(to, unwritten), untouched };
}
