import { append } from "../schema/append.ts";
import { hostOf } from "../schema/hosts.ts";
import type { ObjectKey, Schema, SchemaObject } from "../schema/model.ts";

/** An object that no SQL of this program creates. */
export interface Unwritten {
  readonly object: SchemaObject;
  /** The object that it needs, if only that one cannot be written. */
  readonly because: ObjectKey | undefined;
}

/**
 * The objects that cannot be written as SQL, and those that need one of them, directly or through others: a table as a
 * whole if one of its columns does.
 * @param isWritable whether an object can be written if all that it needs exists
 */
export function unwrittenIn(
  { objects }: Schema,
  isWritable: (object: SchemaObject) => boolean,
): ReadonlyMap<ObjectKey, Unwritten> {
  const users = new Map<ObjectKey, ObjectKey[]>();
  const found = new Map<ObjectKey, Unwritten>();
  for (const [key, object] of objects) {
    if (!isWritable(object)) found.set(key, { object, because: undefined });
    for (const need of object.needs) append(users, need, key);
  }
  // A map also visits what is added meanwhile.
  for (const [key] of found)
    for (const user of users.get(key) ?? []) {
      const object = objects.get(user);
      const host = object?.kind === "column" ? hostOf(object) : undefined;
      for (const left of host === undefined ? [user] : [user, host]) {
        const one = objects.get(left);
        if (one !== undefined && !found.has(left)) found.set(left, { object: one, because: key });
      }
    }
  return found;
}
