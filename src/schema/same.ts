import type { Schema } from "./model.ts";

/** Whether two schemas that were read in the same way have the same objects. */
export function sameObjects(a: Schema, b: Schema): boolean {
  const text = ({ objects }: Schema) =>
    JSON.stringify(
      [...objects.values()].map(({ kind, name, attributes, needs }) => [kind, name, attributes, needs]),
    );
  return a === b || text(a) === text(b);
}
