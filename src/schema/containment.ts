import { keyOf, nameIn, type ObjectKey, type SchemaObject } from "./model.ts";

/** An object that exists on one side only, with its contents, which also exist there only. */
export interface Whole {
  readonly root: SchemaObject;
  /** Without the root. */
  readonly parts: readonly SchemaObject[];
}

/** Attributes that name a container which the name of the object does not begin with. */
const ownerAttributes = ["ownedBy", "partitionOf", "family", "table"] as const;

/**
 * The containers of an object: its schema, its table or view, the column that owns a sequence, the partitioned table
 * of a partition, the family of an operator class, both publication and table of a publication's table. Use is
 * different: a foreign key uses the table that it references.
 */
export function containersOf({ name, attributes, needs }: SchemaObject): ObjectKey[] {
  const owners = ownerAttributes.map((attribute) => attributes[attribute] ?? null);
  return needs.filter((need) => name.startsWith(`${nameIn(need)}.`) || owners.includes(nameIn(need)));
}

/** Divides the objects of one side into independent ones and their parts. */
export function wholesOf(objects: readonly SchemaObject[]): Whole[] {
  const byKey = new Map(objects.map((object) => [keyOf(object.kind, object.name), object]));
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
