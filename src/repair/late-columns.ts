import { append } from "../schema/append.ts";
import { keyOf, type ObjectKey, type SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { textOf } from "./names.ts";

/** Whether a trigger sees the whole new row before generated columns are computed. */
function readsWholeRow(object: SchemaObject): boolean {
  return (
    object.kind === "trigger" &&
    textOf(object, "timing") === "before" &&
    textOf(object, "level") === "row" &&
    /\bnew\.\*/i.test(textOf(object, "condition") ?? "")
  );
}

/**
 * Generated columns that can only be added after triggers: PostgreSQL refuses a BEFORE trigger whose condition reads
 * the whole new row while its table has a generated column, and accepts the column later.
 * @returns the triggers by column
 */
export function lateColumns(
  objects: ReadonlyMap<ObjectKey, SchemaObject>,
): ReadonlyMap<ObjectKey, readonly ObjectKey[]> {
  const triggers = new Map<string, ObjectKey[]>();
  for (const [key, object] of objects) {
    if (!readsWholeRow(object)) continue;
    const table = parentOf(object.name);
    append(triggers, table, key);
  }
  const late = new Map<ObjectKey, readonly ObjectKey[]>();
  if (triggers.size === 0) return late;
  for (const object of objects.values()) {
    if (object.kind !== "column" || textOf(object, "generated") === undefined) continue;
    const before = triggers.get(parentOf(object.name));
    if (before !== undefined) late.set(keyOf("column", object.name), before);
  }
  return late;
}
