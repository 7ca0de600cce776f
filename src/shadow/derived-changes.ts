import { alignSchemas } from "../schema/align.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import type { Printer } from "./printer.ts";
import { deparsed } from "./redeparse.ts";

/** Casts and collations that a column adds to the texts of dependent objects. */
const spreading: readonly string[] = ["type", "collation"];

/** Attributes that a column can change. The definition of an index omits its column's collation: the server has to say it. */
const derivedAttributes: readonly string[] = [...deparsed, "collations"];

/** An object on both sides, with its texts that a column may have changed. */
export interface Suspect {
  readonly key: ObjectKey;
  readonly sides: Readonly<Record<SchemaRole, SchemaObject>>;
  readonly attributes: readonly string[];
  readonly cause: ObjectKey;
}

export type SchemaRole = "expected" | "actual";

function differ(a: SchemaObject, b: SchemaObject, attribute: string): boolean {
  return (a.attributes[attribute] ?? null) !== (b.attributes[attribute] ?? null);
}

/** The changed column that an object is, or uses directly or through views. */
function causeOf(
  object: SchemaObject,
  schema: Schema,
  columns: ReadonlySet<ObjectKey>,
): ObjectKey | undefined {
  const seen = new Set<ObjectKey>([keyOf(object.kind, object.name)]);
  for (const key of seen) {
    if (columns.has(key)) return key;
    const next = schema.objects.get(key);
    if (seen.size === 1 || next?.kind === "view") for (const need of next?.needs ?? []) seen.add(need);
  }
  return undefined;
}

function suspectsIn(expected: Schema, actual: Schema): Suspect[] {
  const { pairs } = alignSchemas(expected, actual);
  const columns = new Set(
    pairs
      .filter(([a, b]) => a.kind === "column" && spreading.some((name) => differ(a, b, name)))
      .map(([{ kind, name }]) => keyOf(kind, name)),
  );
  if (columns.size === 0) return [];
  return pairs.flatMap(([wanted, object]): Suspect[] => {
    const attributes = derivedAttributes.filter((name) => differ(wanted, object, name));
    const cause = attributes.length === 0 ? undefined : causeOf(wanted, expected, columns);
    const key = keyOf(wanted.kind, wanted.name);
    return cause === undefined
      ? []
      : [{ key, sides: { expected: wanted, actual: object }, attributes, cause }];
  });
}

/**
 * Finds the texts that differ only by the cast or collation of a changed column. The server is asked only if a column
 * has another type or collation and a dependent object has another text; it deparses the text again with the changed
 * column. A text that it cannot build is not proven, and so counts as a change.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function findDerivedChanges(
  expected: Schema,
  actual: Schema,
  printer: Printer,
): Promise<DerivedChange[]> {
  const suspects = suspectsIn(expected, actual);
  if (suspects.length === 0) return [];
  const { proveDerived } = await import("./derived-proof.ts");
  return proveDerived({ expected, actual }, suspects, printer);
}
