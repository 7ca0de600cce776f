import type { Schema } from "./model.ts";

/** Whether two schemas that were read in the same way hold the same objects. */
export function sameObjects(a: Schema, b: Schema): boolean {
  return a === b || JSON.stringify([...a.objects.values()]) === JSON.stringify([...b.objects.values()]);
}
