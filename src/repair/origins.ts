import { keyOf, nameIn, type ObjectKey, type Schema } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { textOf } from "./names.ts";

/** An inherited column with the columns of tables above it that it comes from; otherwise the key itself. */
export function originsOf(need: ObjectKey, schema: Schema): ObjectKey[] {
  const { objects } = schema;
  if (objects.has(need) || !need.startsWith("column ")) return [need];
  const name = nameIn(need);
  const table = objects.get(keyOf("table", parentOf(name)));
  const parents =
    table === undefined ? undefined : (textOf(table, "partitionOf") ?? textOf(table, "inherits"));
  return [
    need,
    ...(parents?.split(", ") ?? []).flatMap((parent) =>
      originsOf(keyOf("column", `${parent}.${ownName(name)}`), schema),
    ),
  ];
}
