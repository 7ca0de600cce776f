import { keyOf, type ObjectKey, type SchemaObject } from "./model.ts";

function isSame(a: SchemaObject, b: SchemaObject): boolean {
  for (const name in a.attributes) if (a.attributes[name] !== b.attributes[name]) return false;
  for (const name in b.attributes) if (!Object.hasOwn(a.attributes, name)) return false;
  return a.needs.length === b.needs.length && a.needs.every((need, i) => need === b.needs[i]);
}

/**
 * Lets schemas that are read to be compared share what is equal in them: two databases of thousands of tables take little
 * more memory than one, and an object that both have is seen at once to be no difference.
 */
export class SchemaPool {
  private readonly seen = new Map<ObjectKey, SchemaObject>();

  /** The equal object that was given before; otherwise the object itself. */
  share(object: SchemaObject): SchemaObject {
    const key = keyOf(object.kind, object.name);
    const known = this.seen.get(key);
    if (known === undefined) this.seen.set(key, object);
    return known !== undefined && isSame(known, object) ? known : object;
  }
}
