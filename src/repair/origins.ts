import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { textOf } from "./names.ts";

/** The tables above a table, directly. */
function parentsOf(table: string, { objects }: Schema): readonly string[] {
  const object = objects.get(keyOf("table", table));
  const parents = object && (textOf(object, "partitionOf") ?? textOf(object, "inherits"));
  return parents === undefined ? [] : itemsOf(parents);
}

/** Whether a table inherits an equal check from a table above it. */
export function inheritsCheck(check: SchemaObject, schema: Schema): boolean {
  return parentsOf(parentOf(check.name), schema).some((parent) => {
    const name = `${parent}.${ownName(check.name)}`;
    const above = schema.objects.get(keyOf("constraint", name))?.attributes;
    if (above === undefined) return inheritsCheck({ ...check, name }, schema);
    return above["noInherit"] !== true && above["expression"] === check.attributes["expression"];
  });
}

/** An inherited column with the columns of tables above it that it comes from; otherwise the key itself. */
export function originsOf(need: ObjectKey, schema: Schema): ObjectKey[] {
  const { objects } = schema;
  if (objects.has(need) || !need.startsWith("column ")) return [need];
  const name = nameIn(need);
  return [
    need,
    ...parentsOf(parentOf(name), schema).flatMap((parent) =>
      originsOf(keyOf("column", `${parent}.${ownName(name)}`), schema),
    ),
  ];
}
