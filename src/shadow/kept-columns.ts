import { sqlName, textOf } from "../repair/names.ts";
import type { RepairPlan } from "../repair/plan-repair.ts";
import { append } from "../schema/append.ts";
import { keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";

/** The tables of which a table is a partition, or that it inherits. */
function parentsOf(table: SchemaObject | undefined): readonly string[] {
  const text = table && (textOf(table, "partitionOf") ?? textOf(table, "inherits"));
  return text === undefined ? [] : itemsOf(text);
}

/** The objects whose rows or values a script destroys. */
export function lostBy({ statements }: RepairPlan): ReadonlySet<ObjectKey> {
  return new Set(statements.flatMap(({ object, destroysRows }) => (destroysRows ? [object] : [])));
}

/** The tables whose rows are others afterwards: they lose or get a table below them, with its rows. */
function withOtherRows(from: Schema, to: Schema, lost: ReadonlySet<ObjectKey>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, table] of from.objects) {
    if (table.kind !== "table") continue;
    const [is, wanted] = [parentsOf(table), lost.has(key) ? [] : parentsOf(to.objects.get(key))];
    for (const parent of [...is, ...wanted])
      if (is.includes(parent) !== wanted.includes(parent)) found.add(parent);
  }
  // A set also visits what is added meanwhile.
  for (const name of found)
    for (const parent of parentsOf(from.objects.get(keyOf("table", name)))) found.add(parent);
  return found;
}

/**
 * The columns of tables that exist before and after, with equal types, by table.
 * @param lost what the script destroys
 */
export function keptColumns(
  from: Schema,
  to: Schema,
  lost: ReadonlySet<ObjectKey>,
): ReadonlyMap<string, string[]> {
  const kept = new Map<string, string[]>();
  const changed = withOtherRows(from, to, lost);
  for (const [key, is] of from.objects) {
    const wanted = to.objects.get(key);
    if (wanted === undefined || is.kind !== "column" || lost.has(key)) continue;
    const table = keyOf("table", parentOf(is.name));
    const [before, after] = [from, to].map(({ objects }) => objects.get(table));
    const isStored = [is, wanted].every((column) => textOf(column, "generated") === undefined);
    // Values of a type with other fields look different.
    const fields = ({ objects }: Schema) =>
      is.needs.map((need) => objects.get(need)?.attributes["fields"] ?? null);
    const isSame =
      textOf(is, "type") === textOf(wanted, "type") && fields(from).join("\n") === fields(to).join("\n");
    if (before === undefined || after === undefined || !isStored || !isSame) continue;
    if (changed.has(before.name) || lost.has(table)) continue;
    if ([before, after].some((one) => textOf(one, "type") === "foreign table")) continue;
    const name = sqlName(before.name);
    append(kept, name, sqlName(ownName(is.name)));
  }
  return kept;
}
