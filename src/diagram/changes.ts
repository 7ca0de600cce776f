import type { Finding } from "../diff/finding.ts";
import { keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Change } from "./model.ts";

const changes: Readonly<Record<string, Change>> = {
  missing: "missing",
  unexpected: "added",
  changed: "changed",
  renamed: "changed",
};

/** A live schema with its missing objects, and how each object differs from the documented one. */
export interface MarkedSchema {
  readonly schema: Schema;
  readonly changeOf: (object: SchemaObject) => Change | undefined;
}

/** The names of an object and of everything that contains it, innermost first. */
function places(name: string): string[] {
  const parts = [...name.matchAll(/"(?:[^"]|"")*"|[^".]+/g)].map(([part]) => part);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
}

/**
 * Marks the findings of a comparison.
 * @param expected the documented schema
 * @param actual the live schema
 * @param findings of the comparison of the two; warnings are not drift and not marked
 */
export function marked(expected: Schema, actual: Schema, findings: readonly Finding[]): MarkedSchema {
  const own = new Map<string, Change>();
  const touched = new Set<string>();
  for (const { code, severity, kind, object, actual: now } of findings) {
    const change = changes[code];
    if (severity !== "error" || change === undefined || object === undefined) continue;
    own.set(`${kind} ${code === "renamed" ? String(now) : object}`, change);
    for (const place of places(object).slice(1)) touched.add(`table ${place}`);
  }
  /** The change of the table itself, if it is missing or not documented. */
  const ofTable = (name: string) =>
    places(name)
      .map((place) => own.get(`table ${place}`))
      .find((change) => change === "missing" || change === "added");
  const missing = [...expected.objects.values()].filter(
    ({ kind, name }) =>
      !actual.objects.has(keyOf(kind, name)) &&
      (own.get(keyOf(kind, name)) === "missing" || ofTable(name) === "missing"),
  );
  return {
    schema: schemaOf([...actual.objects.values(), ...missing], [], actual.serverVersion),
    changeOf: ({ kind, name }) => {
      const key = keyOf(kind, name);
      const found = own.get(key) ?? (touched.has(key) ? "changed" : undefined);
      // The columns of a new table are not marked; its references are lines and are.
      return found ?? (kind === "constraint" ? ofTable(name) : undefined);
    },
  };
}
