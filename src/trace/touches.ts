import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import type { ChainSchemas, Step } from "../sources/of-migrations.ts";
import type { SourceFile } from "../sql/source-file.ts";

/** How a migration affected an object. */
export interface Touch {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly action: "made" | "changed" | "dropped" | "extended" | "reduced";
  /** Attributes that changed, or parts that were added or dropped. */
  readonly what: readonly string[];
}

/** A touch, and what to look for in which file to find its place. */
export interface PlacedTouch extends Touch {
  readonly source: SourceFile;
  readonly object: SchemaObject;
  readonly attribute?: string;
}

function changedAttributes(a: SchemaObject, b: SchemaObject): string[] {
  const names = new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]);
  return [...names].filter((name) => (a.attributes[name] ?? null) !== (b.attributes[name] ?? null)).sort();
}

/** The parts that only one schema has, by the object that contains them. */
function partsOnlyIn(schema: Schema, other: Schema): ReadonlyMap<ObjectKey, readonly SchemaObject[]> {
  const parts = new Map<ObjectKey, SchemaObject[]>();
  for (const [key, object] of schema.objects) {
    if (other.objects.has(key)) continue;
    const host = hostOf(object);
    if (host === undefined) continue;
    const known = parts.get(host);
    if (known === undefined) parts.set(host, [object]);
    else known.push(object);
  }
  return parts;
}

type StepTouch = Pick<PlacedTouch, "action" | "what" | "object" | "attribute">;

function touchesOf({ before, after }: Step): Map<ObjectKey, StepTouch> {
  const names = (objects: readonly SchemaObject[]) => objects.map(({ kind, name }) => `${kind} ${name}`);
  const [come, gone] = [partsOnlyIn(after, before), partsOnlyIn(before, after)];
  const touches = new Map<ObjectKey, StepTouch>();
  for (const [key, is] of after.objects) {
    const was = before.objects.get(key);
    if (was === undefined) {
      touches.set(key, { action: "made", what: [], object: is });
      continue;
    }
    const attributes = was === is ? [] : changedAttributes(was, is);
    const [added, dropped] = [come.get(key) ?? [], gone.get(key) ?? []];
    const [first] = [...added, ...dropped];
    const [attribute] = attributes;
    if (attribute !== undefined)
      touches.set(key, { action: "changed", what: attributes, object: is, attribute });
    else if (first !== undefined)
      touches.set(
        key,
        added.length > 0
          ? { action: "extended", what: names([...added, ...dropped]), object: first }
          : { action: "reduced", what: names(dropped), object: first },
      );
  }
  for (const object of before.objects.values()) {
    const key = keyOf(object.kind, object.name);
    if (!after.objects.has(key)) touches.set(key, { action: "dropped", what: [], object });
  }
  return touches;
}

/** What each migration of a chain did, by the objects that it affected. */
export function chainTouches({ steps }: ChainSchemas): ReadonlyMap<ObjectKey, readonly PlacedTouch[]> {
  const all = new Map<ObjectKey, PlacedTouch[]>();
  for (const step of steps) {
    const { number, name, phase, source } = step.file;
    for (const [key, touch] of touchesOf(step)) {
      const known = all.get(key);
      const entry = { number, name, phase, source, ...touch };
      if (known === undefined) all.set(key, [entry]);
      else known.push(entry);
    }
  }
  return all;
}
