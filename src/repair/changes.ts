import type { SchemaObject } from "../schema/model.ts";
import { ofRoles } from "./access-ways.ts";
import { wayOf, ways } from "./ways.ts";

/** The statements that change attributes of an existing object, each once, in the order of the kind's table. */
export function changesOf(wanted: SchemaObject, is: SchemaObject, changed: ReadonlySet<string>): string[] {
  const order = [...Object.keys(ways[wanted.kind] ?? {}), "comment", ...ofRoles];
  const found = [...changed]
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .flatMap((name) => wayOf(wanted.kind, name) ?? []);
  const before = found.flatMap((way) => (typeof way === "object" ? (way.before(wanted, is) ?? []) : []));
  const after = found.flatMap((way) => {
    if (way === "recreate") return [];
    return (typeof way === "function" ? way : way.change)(wanted, is) ?? [];
  });
  return [...new Set([...before, ...after])];
}
