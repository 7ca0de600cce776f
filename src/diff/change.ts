import { type Attribute, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";

/** One attribute in which an object differs. */
export interface AttributeChange {
  readonly name: string;
  readonly expected: Attribute;
  readonly actual: Attribute;
}

interface Told {
  readonly object: SchemaObject;
  /** Objects that differ for the same reason and are not reported separately, by kind and name. */
  readonly consequences: readonly SchemaObject[];
}

/** One difference between two schemas. This module does not know what any kind of object means. */
export type Change =
  | (Told & { readonly code: "missing" })
  | (Told & { readonly code: "unexpected" })
  | (Told & { readonly code: "renamed"; readonly actual: SchemaObject })
  /** At least one attribute, in the order of the kind's reader: the main one first. */
  | (Told & { readonly code: "changed"; readonly attributes: readonly AttributeChange[] });

/** The data that decides whether one change explains another. */
export interface ComparedSchemas {
  readonly expected: Schema;
  readonly actual: Schema;
  readonly changes: ReadonlyMap<ObjectKey, Change>;
  /** The child tables that both sides have in common, by the parent's key. */
  readonly children: ReadonlyMap<ObjectKey, readonly SchemaObject[]>;
}

/** The key of the change that the same statement makes; undefined for a separate change. */
export type Rule = (change: Change, sides: ComparedSchemas) => ObjectKey | undefined;

/** The identity of an object. */
export function keyOfObject({ kind, name }: SchemaObject): ObjectKey {
  return keyOf(kind, name);
}

/** A missing attribute equals null: older servers have fewer of them. */
export function attributeOf(object: SchemaObject, attribute: string): Attribute {
  return object.attributes[attribute] ?? null;
}

/** Whether nothing differs; creates no lists, as this is true of nearly every pair. */
export function sameAttributes(a: SchemaObject, b: SchemaObject): boolean {
  for (const name in a.attributes) if (attributeOf(a, name) !== attributeOf(b, name)) return false;
  for (const name in b.attributes) if (attributeOf(b, name) !== attributeOf(a, name)) return false;
  return true;
}

/** The attributes in which two objects differ, in the order of the kind's reader. */
export function attributeChanges(expected: SchemaObject, actual: SchemaObject): AttributeChange[] {
  const names = new Set([...Object.keys(expected.attributes), ...Object.keys(actual.attributes)]);
  return [...names]
    .map((name) => ({ name, expected: attributeOf(expected, name), actual: attributeOf(actual, name) }))
    .filter((change) => change.expected !== change.actual);
}
