import { alignSchemas } from "../schema/align.ts";
import { containersOf, type Whole, wholesOf } from "../schema/containment.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { findRenames, followsRename, movedParts } from "../schema/renames.ts";
import { attributeChanges, type Change, keyOfObject, sameAttributes } from "./change.ts";
import { foldConsequences } from "./consequences.ts";

/** Kinds with a common namespace, so that one can replace the other (manual, sections 11.6 and 52.11). */
function namespaceOf({ kind, attributes }: SchemaObject): string | undefined {
  if (kind === "constraint")
    return attributes["type"] === "check" || attributes["type"] === "foreign key" ? undefined : "index";
  if (kind === "index") return kind;
  return ["sequence", "table", "type", "view"].includes(kind) ? "relation" : undefined;
}

/**
 * Pairs of a missing and an unexpected object with the same name and different kinds, such as an index that became a
 * constraint.
 */
function findReplaced(missing: readonly Whole[], unexpected: readonly Whole[]): Map<Whole, Whole> {
  const replaced = new Map<Whole, Whole>();
  const byName = new Map(
    unexpected.flatMap((whole) => {
      const space = namespaceOf(whole.root);
      return space === undefined ? [] : [[`${space} ${whole.root.name}`, whole] as const];
    }),
  );
  for (const whole of missing) {
    const twin = byName.get(`${namespaceOf(whole.root)} ${whole.root.name}`);
    if (twin !== undefined) replaced.set(whole, twin);
  }
  return replaced;
}

/** Attributes that both objects have, if the kind has changed. */
function replacement({ root, parts }: Whole, other: Whole): Change {
  const shared = (object: SchemaObject, twin: SchemaObject): SchemaObject => ({
    ...object,
    attributes: Object.fromEntries(
      Object.entries(object.attributes).filter(
        ([name]) => name !== "type" && Object.hasOwn(twin.attributes, name),
      ),
    ),
  });
  const kind = { name: "kind", expected: root.kind, actual: other.root.kind };
  const attributes = [kind, ...attributeChanges(shared(root, other.root), shared(other.root, root))];
  return { code: "changed", object: root, attributes, consequences: [...parts, ...other.parts] };
}

/** Changes of objects on both sides, without those that follow from a column's change. */
function changesOfPairs(
  pairs: readonly (readonly [SchemaObject, SchemaObject])[],
  derived: readonly DerivedChange[],
): Change[] {
  const derivedOf = new Map(derived.map((change) => [change.key, change]));
  const silent = new Map<ObjectKey, SchemaObject[]>();
  const changes = pairs.flatMap(([object, other]): Change[] => {
    if (sameAttributes(object, other)) return [];
    const known = derivedOf.get(keyOfObject(object));
    const attributes = attributeChanges(object, other).filter(
      ({ name }) => !known?.attributes.includes(name),
    );
    if (attributes.length > 0) return [{ code: "changed", object, attributes, consequences: [] }];
    if (known !== undefined) silent.set(known.cause, [...(silent.get(known.cause) ?? []), object]);
    return [];
  });
  return changes.map((change) => ({ ...change, consequences: silent.get(keyOfObject(change.object)) ?? [] }));
}

/** The new names of an object and its contents; other differences inside are separate changes. */
function changesOfRename(was: Whole, is: Whole, pairs: readonly (readonly [SchemaObject, SchemaObject])[]) {
  const own = new Set([was.root, ...was.parts].map(keyOfObject));
  const followers = pairs.filter(
    ([object, other]) =>
      containersOf(object).some((key) => own.has(key)) && followsRename(was, is, object, other),
  );
  const renamed: Change = {
    code: "renamed",
    object: was.root,
    actual: is.root,
    consequences: followers.map(([object]) => object),
  };
  return {
    followers,
    changes: [renamed, ...compareSchemas(schemaOf(movedParts(was, is), [], 0), schemaOf(is.parts, [], 0))],
  };
}

/**
 * The differences of two schemas: every object that exists on one side only, or differs. The following are left out
 * and listed as consequences: the contents of a missing object, texts that are proven to differ only because of a
 * column's change, and what one statement changes together.
 * @param derived see `findDerivedChanges`
 * @returns by kind and name
 */
export function compareSchemas(
  expected: Schema,
  actual: Schema,
  derived: readonly DerivedChange[] = [],
): Change[] {
  const { missing, unexpected, pairs } = alignSchemas(expected, actual);
  const [gone, come] = [wholesOf(missing), wholesOf(unexpected)];
  const replaced = findReplaced(gone, come);
  const replacing = new Set(replaced.values());
  const renames = findRenames(
    gone.filter((whole) => !replaced.has(whole)),
    come.filter((whole) => !replacing.has(whole)),
  );
  const renamedTo = new Set(renames.values());
  const inside = [...renames].map(([was, is]) => ({ was, ...changesOfRename(was, is, pairs) }));
  const followers = new Set(inside.flatMap((rename) => rename.followers));
  const changes = [
    ...gone.flatMap((whole): Change[] => {
      const twin = replaced.get(whole);
      if (twin !== undefined) return [replacement(whole, twin)];
      if (renames.has(whole)) return inside.find(({ was }) => was === whole)?.changes ?? [];
      return [{ code: "missing", object: whole.root, consequences: whole.parts }];
    }),
    ...come
      .filter((whole) => !renamedTo.has(whole) && !replacing.has(whole))
      .map(({ root, parts }): Change => ({ code: "unexpected", object: root, consequences: parts })),
    ...changesOfPairs(
      pairs.filter((pair) => !followers.has(pair)),
      derived,
    ),
  ];
  return foldConsequences(changes, expected, actual);
}
