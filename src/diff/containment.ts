import type { ObjectKey, SchemaObject } from "../schema/model.ts";
import { keyOfObject } from "./change.ts";

/** An object that only one side has, with everything that it contains and that is there only with it. */
export interface Whole {
  readonly root: SchemaObject;
  /** Without the root. */
  readonly parts: readonly SchemaObject[];
}

/** The name in a key. */
export function nameIn(key: ObjectKey): string {
  return key.slice(key.indexOf(" ") + 1);
}

/**
 * What an object is a part of: its schema, its table or view, the column that owns a sequence, the table that a partition
 * belongs to. To use something is another matter: a foreign key uses the table that it refers to.
 */
export function containersOf({ name, attributes, needs }: SchemaObject): ObjectKey[] {
  const owner = attributes["ownedBy"] ?? attributes["partitionOf"];
  return needs.filter((need) => name.startsWith(`${nameIn(need)}.`) || nameIn(need) === owner);
}

/** Sorts objects of one side into those that stand for themselves and their parts. */
export function wholesOf(objects: readonly SchemaObject[]): Whole[] {
  const byKey = new Map(objects.map((object) => [keyOfObject(object), object]));
  const parts = new Map<SchemaObject, SchemaObject[]>();
  const containerOf = (object: SchemaObject) => {
    for (const key of containersOf(object)) {
      const container = byKey.get(key);
      if (container !== undefined) return container;
    }
    return undefined;
  };
  for (const object of objects) {
    let root = object;
    for (let next = containerOf(root); next !== undefined; next = containerOf(next)) root = next;
    const known = parts.get(root) ?? [];
    parts.set(root, known);
    if (root !== object) known.push(object);
  }
  return [...parts].map(([root, own]) => ({ root, parts: own }));
}
