import { alignSchemas } from "../schema/align.ts";
import { type Attribute, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, partsOfName } from "../schema/names.ts";

/** One difference between two schemas. Nothing in here knows what a kind of object means. */
export type Change =
  | { readonly code: "missing"; readonly object: SchemaObject }
  | { readonly code: "unexpected"; readonly object: SchemaObject }
  | { readonly code: "renamed"; readonly object: SchemaObject; readonly actual: SchemaObject }
  | {
      readonly code: "changed";
      readonly object: SchemaObject;
      readonly attribute: string;
      readonly expected: Attribute;
      readonly actual: Attribute;
    };

/** Attributes of a column that PostgreSQL writes into the text of whatever uses it, as casts and collations. */
const spreading: ReadonlySet<string> = new Set(["type", "collation"]);

/** The names of attributes that either of two objects has, each once, in order. */
function attributesOf(a: SchemaObject, b: SchemaObject): string[] {
  const names = Object.keys(a.attributes);
  for (const name in b.attributes) if (!Object.hasOwn(a.attributes, name)) names.push(name);
  return names.sort();
}

/** An attribute that one side does not have is as good as null: older servers know fewer of them. */
function attributeOf(object: SchemaObject, attribute: string): Attribute {
  return object.attributes[attribute] ?? null;
}

/** Whether nothing differs; said without making lists, as it is true of nearly every pair. */
function sameAttributes(a: SchemaObject, b: SchemaObject): boolean {
  for (const name in a.attributes) if (attributeOf(a, name) !== attributeOf(b, name)) return false;
  for (const name in b.attributes) if (attributeOf(b, name) !== attributeOf(a, name)) return false;
  return true;
}

/** Where an object stands: its name without its own part. */
function placeOf({ name }: SchemaObject): string {
  return partsOfName(name).slice(0, -1).join("\0");
}

function grouped<T>(items: Iterable<T>, keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

/** The columns of all tables, by their own names: two tables with the same ones may be one under two names. */
function columnsByTable(schema: Schema): Map<string, string> {
  const columns = [...schema.objects.values()].filter(({ kind }) => kind === "column");
  const tables = grouped(columns, ({ name }) => name.slice(0, -ownName(name).length - 1));
  const own = (objects: readonly SchemaObject[]) => objects.map(({ name }) => ownName(name)).sort();
  return new Map([...tables].map(([table, objects]) => [table, own(objects).join("\n")]));
}

/** What two names of one object agree in: kind, place and definition. */
function definitions(schema: Schema): (object: SchemaObject) => string {
  const columns = columnsByTable(schema);
  return (object) => {
    const { kind, name, attributes } = object;
    const values = Object.entries(attributes).filter(([, value]) => value !== null);
    return JSON.stringify([kind, placeOf(object), columns.get(name), values.sort()]);
  };
}

/** Pairs of missing and unexpected objects that are one object under two names. */
function findRenames(
  expected: Schema,
  actual: Schema,
  missing: readonly SchemaObject[],
  unexpected: readonly SchemaObject[],
): Map<SchemaObject, SchemaObject> {
  const renames = new Map<SchemaObject, SchemaObject>();
  if (missing.length === 0 || unexpected.length === 0) return renames;
  const candidates = grouped(unexpected, definitions(actual));
  for (const [definition, objects] of grouped(missing, definitions(expected))) {
    const [object] = objects;
    const [match] = candidates.get(definition) ?? [];
    // Two that fit equally well are no evidence for either.
    if (object === undefined || match === undefined) continue;
    if (objects.length === 1 && candidates.get(definition)?.length === 1) renames.set(object, match);
  }
  return renames;
}

function changesOf(expected: SchemaObject, actual: SchemaObject): Change[] {
  return attributesOf(expected, actual).flatMap((attribute): Change[] => {
    const values = { expected: attributeOf(expected, attribute), actual: attributeOf(actual, attribute) };
    return values.expected === values.actual
      ? []
      : [{ code: "changed", object: expected, attribute, ...values }];
  });
}

/**
 * The differences of two schemas, one for each cause: what cannot be because something else is missing, what came with
 * something unexpected, and what only echoes the changed type of a column are consequences and left out.
 * @returns in the order of kinds and names
 */
export function compareSchemas(expected: Schema, actual: Schema): Change[] {
  const { missing, unexpected, pairs: both } = alignSchemas(expected, actual);
  const key = (object: SchemaObject) => keyOf(object.kind, object.name);
  const gone = new Set(missing.map(key));
  const come = new Set(unexpected.map(key));
  const isRoot = (object: SchemaObject, set: ReadonlySet<ObjectKey>) =>
    !object.needs.some((need) => set.has(need));
  const rootsMissing = missing.filter((object) => isRoot(object, gone));
  const rootsUnexpected = unexpected.filter((object) => isRoot(object, come));
  const renames = findRenames(expected, actual, rootsMissing, rootsUnexpected);
  const renamedTo = new Set(renames.values());
  const namesakes = new Map(rootsUnexpected.map((object) => [object.name, object]));
  const twinOf = ({ name, kind }: SchemaObject) => {
    const twin = namesakes.get(name);
    return twin === undefined || twin.kind === kind ? undefined : twin;
  };
  const becameAnother = new Set(rootsMissing.flatMap((object) => twinOf(object) ?? []));

  const pairs = both
    .filter(([object, other]) => !sameAttributes(object, other))
    .map(([object, other]) => ({ object, other, changes: changesOf(object, other) }));
  const spread = new Set(
    pairs
      .filter(({ changes }) =>
        changes.some((change) => change.code === "changed" && spreading.has(change.attribute)),
      )
      .map(({ object }) => key(object)),
  );
  const isEcho = ({ object, other }: { object: SchemaObject; other: SchemaObject }) =>
    !isRoot(object, gone) || !isRoot(other, come) || object.needs.some((need) => spread.has(need));

  return [
    ...rootsMissing.map((object): Change => {
      const renamed = renames.get(object);
      if (renamed !== undefined) return { code: "renamed", object, actual: renamed };
      // An index that became a constraint keeps its name.
      const twin = twinOf(object);
      if (twin === undefined) return { code: "missing", object };
      return { code: "changed", object, attribute: "kind", expected: object.kind, actual: twin.kind };
    }),
    ...rootsUnexpected
      .filter((object) => !renamedTo.has(object) && !becameAnother.has(object))
      .map((object): Change => ({ code: "unexpected", object })),
    ...pairs.filter((pair) => !isEcho(pair)).flatMap(({ changes }) => changes),
  ];
}
