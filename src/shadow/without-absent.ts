import { append } from "../schema/append.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { absentExtension } from "./absent-extensions.ts";

/** Extensions that a shadow lacked while it created a schema. */
function absentFrom({ uncovered }: Schema): string[] {
  return uncovered.filter(({ what }) => what === absentExtension).map(({ name }) => name);
}

/**
 * The objects of a schema that need one of some extensions, directly or through others. A table is one of them if
 * the other side has no such table: the shadow could not create it without one of its parts.
 */
function dependents(
  schema: Schema,
  other: Schema,
  extensions: readonly string[],
): ReadonlyMap<ObjectKey, SchemaObject> {
  const users = new Map<ObjectKey, ObjectKey[]>();
  for (const [key, object] of schema.objects) {
    for (const need of object.needs) append(users, need, key);
  }
  const found = new Map<ObjectKey, SchemaObject>();
  const pending = extensions.map((name) => keyOf("extension", name));
  for (const key of pending) {
    for (const user of users.get(key) ?? []) {
      const object = schema.objects.get(user);
      if (object === undefined || found.has(user)) continue;
      found.set(user, object);
      pending.push(user);
      const host = hostOf(object);
      const table = host === undefined || other.objects.has(host) ? undefined : schema.objects.get(host);
      if (host === undefined || table === undefined || found.has(host)) continue;
      found.set(host, table);
      pending.push(host);
    }
  }
  return found;
}

function without(schema: Schema, left: ReadonlyMap<ObjectKey, SchemaObject>, reason: string): Schema {
  const named = [...left.values()].filter((object) => {
    const host = hostOf(object);
    return host === undefined || !left.has(host);
  });
  const uncovered = named.map(({ kind, name }) => ({ what: kind, name, reason }));
  return schemaOf(
    [...schema.objects].flatMap(([key, object]) => (left.has(key) ? [] : [object])),
    [...schema.uncovered, ...uncovered],
    schema.serverVersion,
  );
}

/**
 * Both sides without the objects that depend on an extension which the shadow lacked while it created one of them.
 * What is left out is named as not compared.
 */
export function withoutAbsent(expected: Schema, actual: Schema): readonly [expected: Schema, actual: Schema] {
  const names = [...new Set([...absentFrom(expected), ...absentFrom(actual)])].sort();
  if (names.length === 0) return [expected, actual];
  const reason = `it depends on ${names.join(" or ")}, which the embedded engine does not have`;
  const left = new Map([...dependents(expected, actual, names), ...dependents(actual, expected, names)]);
  return [without(expected, left, reason), without(actual, left, reason)];
}
