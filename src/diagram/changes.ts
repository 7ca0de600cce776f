import type { Finding } from "../diff/finding.ts";
import { keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Change } from "./model.ts";

const changes: Readonly<Record<string, Change>> = {
  missing: "missing",
  unexpected: "added",
  changed: "changed",
  renamed: "changed",
};

/** A live schema with what it lacks, and how each object differs from what is documented. */
export interface MarkedSchema {
  readonly schema: Schema;
  readonly changeOf: (object: SchemaObject) => Change | undefined;
}

/** The names of an object and of all that it is a part of, innermost first. */
function places(name: string): string[] {
  const parts = [...name.matchAll(/"(?:[^"]|"")*"|[^".]+/g)].map(([part]) => part);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
}

/**
 * Marks what findings of a comparison say.
 * @param expected what is documented
 * @param actual what is there
 * @param findings of the comparison of the two; warnings are no drift, and not marked
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
  /** Of the table itself, when it is missing or not documented as a whole. */
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
      // The columns of a new table are not news; its references are lines of their own.
      return found ?? (kind === "constraint" ? ofTable(name) : undefined);
    },
  };
}
