import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "./model.ts";
import { parentOf } from "./names.ts";

/** A foreign key that duplicates another one of its table, so that each row is checked again. */
export interface Duplicate {
  readonly duplicate: SchemaObject;
  readonly kept: SchemaObject;
}

function tableOf(object: SchemaObject): string {
  return parentOf(object.name);
}

function isForeignKey({ kind, attributes }: SchemaObject): boolean {
  return kind === "constraint" && attributes["type"] === "foreign key";
}

/** What a foreign key enforces, whatever its name and comment. */
function meaning(object: SchemaObject): string {
  const { comment: _, ...attributes } = object.attributes;
  return JSON.stringify([tableOf(object), Object.entries(attributes).sort()]);
}

/** The name that PostgreSQL generates for an unnamed foreign key. */
function isGenerated(object: SchemaObject): boolean {
  return /_fkey\d*$/.test(object.name);
}

/**
 * Removes duplicate foreign keys from a schema. Of two, the one in `preferred` stays, or else the one without a
 * generated name.
 */
export function mergeDuplicates(
  schema: Schema,
  preferred: Pick<ReadonlySet<ObjectKey>, "has"> = new Set(),
): { schema: Schema; duplicates: readonly Duplicate[] } {
  const groups = new Map<string, SchemaObject[]>();
  for (const object of schema.objects.values()) {
    if (!isForeignKey(object)) continue;
    const key = meaning(object);
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  const rank = (object: SchemaObject) =>
    preferred.has(`constraint ${object.name}`) ? 0 : isGenerated(object) ? 2 : 1;
  const duplicates = [...groups.values()].flatMap((group) => {
    const [kept, ...others] = [...group].sort((a, b) => rank(a) - rank(b));
    return kept === undefined ? [] : others.map((duplicate) => ({ duplicate, kept }));
  });
  if (duplicates.length === 0) return { schema, duplicates };
  const dropped = new Set(duplicates.map(({ duplicate }) => duplicate));
  const objects = [...schema.objects.values()].filter((object) => !dropped.has(object));
  return { schema: schemaOf(objects, schema.uncovered, schema.serverVersion), duplicates };
}
