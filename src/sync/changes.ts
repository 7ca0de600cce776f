import { alignSchemas } from "../schema/align.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, kinds, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";

/** An object that the document defines in another way than it should be. */
export interface Change {
  readonly key: ObjectKey;
  readonly documented: SchemaObject | undefined;
  readonly wanted: SchemaObject | undefined;
  /** The attributes that differ; none for an object of one side. */
  readonly attributes: readonly string[];
}

/** The kind and name of a change's object. */
export function objectOf({ documented, wanted }: Change): SchemaObject {
  const object = wanted ?? documented;
  if (object === undefined) throw new Error("a change has an object");
  return object;
}

/** States of an index that no SQL of a document describes. */
export const indexStates: readonly string[] = ["valid", "ready", "live"];

function differing(a: SchemaObject, b: SchemaObject): string[] {
  const names = new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]);
  return [...names].filter((name) => (a.attributes[name] ?? null) !== (b.attributes[name] ?? null)).sort();
}

/**
 * What the document has to change, by kind and name. States of indexes do not count. The parts of a table that one side lacks are not separate changes,
 * and neither are texts that follow from another change.
 */
export function changesBetween(
  documented: Schema,
  wanted: Schema,
  derived: readonly DerivedChange[],
): Change[] {
  const target = mergeDuplicates(wanted).schema;
  const own = mergeDuplicates(documented, target.objects).schema;
  const { missing, unexpected, pairs } = alignSchemas(target, own);
  const silent = new Map(derived.map(({ key, attributes }) => [key, attributes]));
  const onOneSide = new Set([...missing, ...unexpected].map(({ kind, name }) => keyOf(kind, name)));
  const isPart = (object: SchemaObject) => {
    const host = hostOf(object);
    return host !== undefined && onOneSide.has(host);
  };
  const changes: Change[] = [
    ...missing
      .filter((object) => !isPart(object))
      .map((object) => ({ documented: undefined, wanted: object, attributes: [] })),
    ...unexpected
      .filter((object) => !isPart(object))
      .map((object) => ({ documented: object, wanted: undefined, attributes: [] })),
    ...pairs.map(([expected, actual]) => ({
      documented: actual,
      wanted: expected,
      attributes: differing(expected, actual).filter(
        (name) => !indexStates.includes(name) && !silent.get(keyOf(actual.kind, actual.name))?.includes(name),
      ),
    })),
  ]
    .filter(
      ({ documented: a, wanted: b, attributes }) =>
        a === undefined || b === undefined || attributes.length > 0,
    )
    .map((change) => {
      const { kind, name } = change.wanted ?? change.documented ?? { kind: "table", name: "" };
      return { ...change, key: keyOf(kind, name) };
    });
  const rank = (change: Change) => kinds.indexOf(objectOf(change).kind);
  return changes.sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
}
