import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";
import { attributeChanges, type Change, type ComparedSchemas, keyOfObject, type Rule } from "./change.ts";

/** The parents of a table, including its partitioned table. */
function parentsOf(table: SchemaObject | undefined, { objects }: Schema): SchemaObject[] {
  if (table?.kind !== "table") return [];
  return table.needs.flatMap((need) => {
    const parent = objects.get(need);
    return parent?.kind === "table" ? [parent] : [];
  });
}

/**
 * What a child inherits: everything from a partitioned table, columns and checks from any other parent (manual,
 * section 5.11).
 */
function passesOn(child: SchemaObject, { kind, attributes }: SchemaObject): boolean {
  if ((child.attributes["partitionOf"] ?? null) !== null) return kind !== "policy" && kind !== "rule";
  return kind === "column" || (attributes["type"] === "check" && attributes["noInherit"] !== true);
}

/** Whether a table's own part equals its parent's: without comments, and without names that each table generates. */
function isCopy(part: SchemaObject, original: SchemaObject): boolean {
  if (part.kind !== original.kind) return false;
  const namesItself = part.kind === "index" || part.kind === "constraint";
  if (!namesItself && ownName(part.name) !== ownName(original.name)) return false;
  return attributeChanges(original, part).every(({ name }) => /comment$/i.test(name));
}

/** The part of a parent or its ancestors from which a table inherits a part; inheritance has no cycles. */
function originalOf(part: SchemaObject, host: ObjectKey, side: Schema): SchemaObject | undefined {
  const table = side.objects.get(host);
  for (const parent of parentsOf(table, side)) {
    const key = keyOfObject(parent);
    for (const candidate of side.objects.values())
      if (
        table !== undefined &&
        isCopy(part, candidate) &&
        hostOf(candidate) === key &&
        passesOn(table, candidate)
      )
        return candidate;
    const further = originalOf(part, key, side);
    if (further !== undefined) return further;
  }
  return undefined;
}

/**
 * If a part is local on one side and inherited on the other, only a change of the parents, or of the parent itself,
 * explains it.
 */
export const ownedOnOneSide: Rule = ({ code, object }, { expected, actual, changes }) => {
  const other = code === "missing" ? actual : code === "unexpected" ? expected : undefined;
  const host = hostOf(object);
  if (other === undefined || host === undefined) return undefined;
  const original = originalOf(object, host, other);
  if (original === undefined) return undefined;
  const own = changes.get(host);
  const isMoved =
    own?.code === "changed" &&
    own.attributes.some(({ name }) => name === "partitionOf" || name === "inherits");
  return isMoved ? host : keyOfObject(original);
};

/** A column that is local on one side and inherited on the other exists on both: if it differs, it was changed. */
export function changedColumn(
  change: Change,
  { expected, actual }: Pick<ComparedSchemas, "expected" | "actual">,
): Change {
  const { code, object } = change;
  const host = hostOf(object);
  if (object.kind !== "column" || host === undefined || (code !== "missing" && code !== "unexpected"))
    return change;
  const other = code === "missing" ? actual : expected;
  for (let tables = parentsOf(other.objects.get(host), other); tables.length > 0; ) {
    for (const { name } of tables) {
      const original = other.objects.get(keyOf("column", `${name}.${ownName(object.name)}`));
      if (original === undefined || isCopy(object, original)) continue;
      const attributes =
        code === "missing" ? attributeChanges(object, original) : attributeChanges(original, object);
      return { code: "changed", object, attributes, consequences: change.consequences };
    }
    tables = tables.flatMap((table) => parentsOf(table, other));
  }
  return change;
}

/** The same part of a table's child. */
function copyFor(part: SchemaObject, child: string): SchemaObject {
  return { ...part, name: `${child}.${ownName(part.name)}` };
}

/** A column that is both local and inherited changes with its parent's column. */
export const changedByParent: Rule = (change, { expected, actual, changes }) => {
  const host = hostOf(change.object);
  if (change.code !== "changed" || host === undefined || change.object.kind !== "column") return undefined;
  for (const parent of parentsOf(expected.objects.get(host), expected)) {
    const key = keyOfObject(copyFor(change.object, parent.name));
    const other = changes.get(key);
    const isChild = parentsOf(actual.objects.get(host), actual).some(({ name }) => name === parent.name);
    if (!isChild || other?.code !== "changed") continue;
    const told = new Set(other.attributes.map((attribute) => JSON.stringify(attribute)));
    if (change.attributes.every((attribute) => told.has(JSON.stringify(attribute)))) return key;
  }
  return undefined;
};

/** The tables that are children of a table on both sides, by the parent's key. */
export function childrenIn(expected: Schema, actual: Schema): ComparedSchemas["children"] {
  const children = new Map<ObjectKey, SchemaObject[]>();
  for (const [key, table] of expected.objects)
    if (table.kind === "table")
      for (const { kind, name } of parentsOf(table, expected)) {
        const parent = keyOf(kind, name);
        if (!actual.objects.get(key)?.needs.includes(parent)) continue;
        children.set(parent, [...(children.get(parent) ?? []), table]);
      }
  return children;
}

/**
 * Parts of children that change with a column or check of their parent. The catalog reader leaves out inherited
 * parts; indexes and keys have different names in children, so these are unknown.
 */
export function copiesIn({ object }: Change, sides: ComparedSchemas): SchemaObject[] {
  const host = hostOf(object);
  if (host === undefined || (object.kind !== "column" && object.attributes["type"] !== "check")) return [];
  const isOwn = (key: ObjectKey) => sides.expected.objects.has(key) || sides.actual.objects.has(key);
  const below = (parent: ObjectKey): SchemaObject[] =>
    (sides.children.get(parent) ?? []).flatMap((child) => {
      const copy = copyFor(object, child.name);
      if (!passesOn(child, object) || isOwn(keyOfObject(copy))) return [];
      return [copy, ...below(keyOfObject(child))];
    });
  return below(host);
}
