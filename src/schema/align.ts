import type { Schema, SchemaObject } from "./model.ts";

/** Two schemas side by side, without their common objects. */
export interface Alignment {
  readonly missing: readonly SchemaObject[];
  readonly unexpected: readonly SchemaObject[];
  /** Objects of the same kind and name that are not the same instance; they may still be equal. */
  readonly pairs: readonly (readonly [expected: SchemaObject, actual: SchemaObject])[];
}

/**
 * Pairs the objects of two schemas. Both are sorted alike, so as long as they share instances, nothing has to be
 * looked up.
 */
export function alignSchemas(expected: Schema, actual: Schema): Alignment {
  const missing: SchemaObject[] = [];
  const unexpected: SchemaObject[] = [];
  const pairs: [SchemaObject, SchemaObject][] = [];
  const others = actual.objects.entries();
  let other = others.next();
  let inStep = true;
  for (const [key, object] of expected.objects) {
    if (inStep && other.value?.[1] === object) {
      other = others.next();
      continue;
    }
    inStep = false;
    const twin = actual.objects.get(key);
    if (twin === undefined) missing.push(object);
    else if (twin !== object) pairs.push([object, twin]);
  }
  for (; !other.done; other = others.next()) {
    const [key, object] = other.value;
    if (!expected.objects.has(key)) unexpected.push(object);
  }
  return { missing, unexpected, pairs };
}
