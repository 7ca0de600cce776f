import { hostOf } from "../schema/hosts.ts";
import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";
import { type Change, keyOfObject, type Rule } from "./change.ts";
import { changedByParent, changedColumn, childrenIn, copiesIn, ownedOnOneSide } from "./inheritance.ts";

/** The only attribute that differs. */
function onlyAttribute(change: Change) {
  if (change.code !== "changed") return undefined;
  const [attribute, second] = change.attributes;
  return second === undefined ? attribute : undefined;
}

/** A primary key makes its columns NOT NULL. */
const notNullOfKey: Rule = (change, { expected, actual, changes }) => {
  const attribute = onlyAttribute(change);
  if (change.object.kind !== "column" || attribute?.name !== "notNull") return undefined;
  const [having, lacking] = attribute.expected === true ? [expected, actual] : [actual, expected];
  const column = keyOfObject(change.object);
  const hasKey = (side: Schema, key: ObjectKey) => {
    const object = side.objects.get(key);
    return object?.attributes["type"] === "primary key" && object.needs.includes(column);
  };
  return [...changes.keys()].find((key) => {
    // If an index became a primary key, the change is named after the index.
    const constraint = keyOf("constraint", nameIn(key));
    return hasKey(having, constraint) && !hasKey(lacking, constraint);
  });
};

/** The sequence of a serial column is added and removed with the default that uses it. */
const sequenceOfDefault: Rule = ({ code, object }, { changes }) => {
  if (object.kind !== "sequence" || (code !== "missing" && code !== "unexpected")) return undefined;
  const column = object.needs.find((need) => need === `column ${object.attributes["ownedBy"]}`);
  const owner = column === undefined ? undefined : changes.get(column);
  if (owner?.code !== "changed") return undefined;
  const used = owner.attributes.find(({ name }) => name === "default");
  const text = code === "missing" ? used?.expected : used?.actual;
  const takesIt =
    typeof text === "string" && text.startsWith("nextval(") && text.includes(ownName(object.name));
  return takesIt ? column : undefined;
};

/** Properties that at most one index of a table has: setting it on one index clears it on another. */
const exclusive: ReadonlySet<string> = new Set(["replicaIdentity", "clustered"]);

const onlyOneIndex: Rule = (change, { changes }) => {
  const attribute = onlyAttribute(change);
  const host = hostOf(change.object);
  if (attribute === undefined || host === undefined || !exclusive.has(attribute.name)) return undefined;
  const table = changes.get(host);
  if (table?.code === "changed" && table.attributes.some(({ name }) => name === attribute.name)) return host;
  if (attribute.expected === true) return undefined;
  const loser = [...changes].find(([, other]) => {
    const lost = onlyAttribute(other);
    return hostOf(other.object) === host && lost?.name === attribute.name && lost.expected === true;
  });
  return loser?.[0];
};

const rules: readonly Rule[] = [
  ownedOnOneSide,
  changedByParent,
  notNullOfKey,
  sequenceOfDefault,
  onlyOneIndex,
];

/** Follows causes of causes. */
function firstCause(key: ObjectKey, causes: ReadonlyMap<ObjectKey, ObjectKey>): ObjectKey {
  const seen = new Set([key]);
  let first = key;
  for (let next = causes.get(first); next !== undefined && !seen.has(next); next = causes.get(first)) {
    seen.add(next);
    first = next;
  }
  return first;
}

/** Adds each change that another one explains to the consequences of that one. */
export function foldConsequences(list: readonly Change[], expected: Schema, actual: Schema): Change[] {
  if (list.length === 0) return [];
  const changes = new Map(
    list.map((change) => [keyOfObject(change.object), changedColumn(change, { expected, actual })]),
  );
  const sides = { expected, actual, changes, children: childrenIn(expected, actual) };
  const causes = new Map<ObjectKey, ObjectKey>();
  for (const [key, change] of changes) {
    for (const rule of rules) {
      const cause = rule(change, sides);
      // If two changes explain each other, one stays.
      if (cause === undefined || !changes.has(cause) || firstCause(cause, causes) === key) continue;
      causes.set(key, cause);
      break;
    }
  }
  const folded = new Map<ObjectKey, SchemaObject[]>();
  for (const [key, change] of changes) {
    const first = firstCause(key, causes);
    const copies = copiesIn(change, sides);
    const told = first === key ? copies : [change.object, ...change.consequences, ...copies];
    if (told.length > 0) folded.set(first, [...(folded.get(first) ?? []), ...told]);
  }
  return [...changes].flatMap(([key, change]) =>
    causes.has(key)
      ? []
      : [{ ...change, consequences: [...change.consequences, ...(folded.get(key) ?? [])] }],
  );
}
