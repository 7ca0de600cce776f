import type { SchemaObject } from "../schema/model.ts";
import { dotted, parentOf, partsOfName } from "../schema/names.ts";
import { partName, sqlName, textOf } from "./names.ts";

/** The name that PostgreSQL generates for the multirange of a range type (manual, "CREATE TYPE"). */
function usualMultirange(type: string): string {
  const [schema = "", own = ""] = partsOfName(type);
  return dotted(schema, own.includes("range") ? own.replace("range", "multirange") : `${own}_multirange`);
}

function multirangeOf(type: SchemaObject): string {
  const chosen = textOf(type, "multirange");
  if (chosen === undefined) return usualMultirange(type.name);
  return chosen.includes(".") ? chosen : `${parentOf(type.name)}.${chosen}`;
}

/**
 * A range type that is set aside leaves its names to the new one: those of its constructors, which ALTER TYPE does not
 * rename, and that of its multirange.
 * @param waiting the name of the type itself while it waits to be dropped
 */
export function renameRange(type: SchemaObject, waiting: string, hasMultiranges: boolean): string[] {
  if (textOf(type, "type") !== "range") return [];
  const subtype = textOf(type, "subtype");
  const constructors = [`${subtype}, ${subtype}`, `${subtype}, ${subtype}, text`].map(
    (list) => `ALTER FUNCTION ${sqlName(type.name)}(${list}) RENAME TO ${partName(waiting)}`,
  );
  if (!hasMultiranges) return constructors;
  const [is, free] = [sqlName(multirangeOf(type)), partName(usualMultirange(waiting))];
  return [...constructors, `ALTER TYPE ${is} RENAME TO ${free}`, `ALTER FUNCTION ${is}() RENAME TO ${free}`];
}
