import type { Finding } from "../diff/finding.ts";
import { hostOf } from "../schema/hosts.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Drift, Life } from "./model.ts";

/** All objects of a database in all phases, and what only its live database has. */
export interface AllObjects {
  readonly schema: Schema;
  lifeOf(key: ObjectKey): Life;
  driftOf(key: ObjectKey): Drift | undefined;
}

const drifts: Readonly<Record<string, Drift>> = {
  missing: "missing",
  unexpected: "added",
  changed: "changed",
  renamed: "changed",
};

/** How objects differ, by the findings of a comparison: one of an object also covers what it contains. */
function driftsOf(database: string, findings: readonly Finding[]): Map<string, Drift> {
  const found = new Map<string, Drift>();
  for (const { code, severity, database: of, kind, object, consequences = [] } of findings) {
    const drift = drifts[code];
    if (severity !== "error" || of !== database || drift === undefined || object === undefined) continue;
    found.set(`${kind} ${object}`, drift);
    for (const consequence of consequences)
      if (drift === "missing") found.set(`${consequence.kind} ${consequence.object}`, drift);
  }
  return found;
}

/**
 * Combines the schemas of all phases with the unexpected objects of a live database.
 * @param phases the expected schema, phase by phase; empty if nothing is expected
 * @param findings of the comparison with the live database
 */
export function allObjects(
  database: string,
  phases: readonly Schema[],
  live: Schema | undefined,
  findings: readonly Finding[],
): AllObjects {
  const objects = new Map<ObjectKey, SchemaObject>();
  const lives = new Map<ObjectKey, Life>();
  const last = phases.length - 1;
  for (const [phase, schema] of phases.entries())
    for (const [key, object] of schema.objects) {
      objects.set(key, object);
      lives.set(key, { from: lives.get(key)?.from ?? phase, to: phase === last ? undefined : phase });
    }
  const found = driftsOf(database, findings);
  for (const [key, object] of live?.objects ?? []) {
    const host = hostOf(object);
    const isNew = found.get(key) === "added" || (host !== undefined && found.get(host) === "added");
    if (objects.has(key) || !(isNew || phases.length === 0)) continue;
    objects.set(key, object);
    if (isNew) found.set(key, "added");
  }
  for (const [key, object] of objects) {
    const host = hostOf(object);
    if (host !== undefined && found.get(host) === "missing") found.set(key, "missing");
  }
  const version = phases.at(-1)?.serverVersion ?? live?.serverVersion ?? 0;
  return {
    schema: schemaOf(objects.values(), [], version),
    lifeOf: (key) => lives.get(key) ?? { from: 0, to: undefined },
    driftOf: (key) => found.get(key),
  };
}

/** The objects of each table or view, by its key. */
export function partsByHost({ objects }: Schema): ReadonlyMap<ObjectKey, readonly SchemaObject[]> {
  const parts = new Map<ObjectKey, SchemaObject[]>();
  for (const object of objects.values()) {
    const host = hostOf(object);
    if (host === undefined) continue;
    const known = parts.get(host);
    if (known === undefined) parts.set(host, [object]);
    else known.push(object);
  }
  return parts;
}

export const keyOfObject = ({ kind, name }: SchemaObject): ObjectKey => keyOf(kind, name);
