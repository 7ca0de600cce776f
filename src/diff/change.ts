import { type Attribute, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";

/** One attribute in which an object differs. */
export interface AttributeChange {
  readonly name: string;
  readonly expected: Attribute;
  readonly actual: Attribute;
}

interface Told {
  readonly object: SchemaObject;
  /** What differs for this reason alone and is not a change of its own, in the order of kinds and names. */
  readonly consequences: readonly SchemaObject[];
}

/** One difference between two schemas. Nothing in here knows what a kind of object means. */
export type Change =
  | (Told & { readonly code: "missing" })
  | (Told & { readonly code: "unexpected" })
  | (Told & { readonly code: "renamed"; readonly actual: SchemaObject })
  /** At least one attribute; the main one first, as the reader of the kind lists them. */
  | (Told & { readonly code: "changed"; readonly attributes: readonly AttributeChange[] });

/** What is known where a change is explained by another one. */
export interface ComparedSchemas {
  readonly expected: Schema;
  readonly actual: Schema;
  readonly changes: ReadonlyMap<ObjectKey, Change>;
  /** Tables that both sides have as children of a table, by the key of that one. */
  readonly children: ReadonlyMap<ObjectKey, readonly SchemaObject[]>;
}

/** The key of the change that one statement makes together with this one; undefined for a change of its own. */
export type Rule = (change: Change, sides: ComparedSchemas) => ObjectKey | undefined;

/** The identity of an object. */
export function keyOfObject({ kind, name }: SchemaObject): ObjectKey {
  return keyOf(kind, name);
}

/** An attribute that one side does not have is as good as null: older servers know fewer of them. */
export function attributeOf(object: SchemaObject, attribute: string): Attribute {
  return object.attributes[attribute] ?? null;
}

/** Whether nothing differs; said without making lists, as it is true of nearly every pair. */
export function sameAttributes(a: SchemaObject, b: SchemaObject): boolean {
  for (const name in a.attributes) if (attributeOf(a, name) !== attributeOf(b, name)) return false;
  for (const name in b.attributes) if (attributeOf(b, name) !== attributeOf(a, name)) return false;
  return true;
}

/** The attributes in which two objects differ, in the order in which the reader of the kind lists them. */
export function attributeChanges(expected: SchemaObject, actual: SchemaObject): AttributeChange[] {
  const names = new Set([...Object.keys(expected.attributes), ...Object.keys(actual.attributes)]);
  return [...names]
    .map((name) => ({ name, expected: attributeOf(expected, name), actual: attributeOf(actual, name) }))
    .filter((change) => change.expected !== change.actual);
}
