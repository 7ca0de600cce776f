import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { textOf } from "./names.ts";

/** What an index or constraint of a partition can have otherwise than that of its partitioned table. */
const own: ReadonlySet<string> = new Set([
  "clustered",
  "comment",
  "live",
  "ofPartition",
  "ready",
  "replicaIdentity",
  "statistics",
  "storageParameters",
  "tablespace",
  "valid",
]);

function isAlike(one: SchemaObject, other: SchemaObject): boolean {
  const names = new Set([...Object.keys(one.attributes), ...Object.keys(other.attributes)]);
  return [...names].every(
    (name) => own.has(name) || (one.attributes[name] ?? null) === (other.attributes[name] ?? null),
  );
}

/** The partitioned table that a table no longer belongs to; undefined if it stays where it is. */
function leftParent(table: string, from: Schema, to: Schema): string | undefined {
  const [is, wanted] = [from, to].map(({ objects }) => objects.get(keyOf("table", table)));
  const parent = is === undefined || wanted === undefined ? undefined : textOf(is, "partitionOf");
  return wanted !== undefined && textOf(wanted, "partitionOf") === parent ? undefined : parent;
}

/** Whether a part belongs to a table that is a partition no longer: it keeps its indexes (manual, "ALTER TABLE"). */
export function isOfLeavingPartition({ name }: SchemaObject, from: Schema, to: Schema): boolean {
  return leftParent(parentOf(name), from, to) !== undefined;
}

/** Whether a table has an index or constraint from a partitioned table that it leaves: it is then its own. */
export function isLeftWith(part: SchemaObject, from: Schema, to: Schema): boolean {
  if (part.kind !== "index" && part.kind !== "constraint") return false;
  for (let parent = leftParent(parentOf(part.name), from, to); parent !== undefined; ) {
    const table = parent;
    const isKnown = [...from.objects.values()].some(
      (object) => object.kind === part.kind && parentOf(object.name) === table && isAlike(object, part),
    );
    if (isKnown) return true;
    const object = from.objects.get(keyOf("table", table));
    parent = object === undefined ? undefined : textOf(object, "partitionOf");
  }
  return false;
}
