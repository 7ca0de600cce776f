import { sqlName, textOf } from "../repair/names.ts";
import { keyOf, type Schema } from "../schema/model.ts";
import { ownName, parentOf } from "../schema/names.ts";

/** The partitioned tables that lose a partition, and so its rows. */
function withoutPartitions(from: Schema, to: Schema): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, table] of from.objects) {
    if (table.kind !== "table") continue;
    const is = textOf(table, "partitionOf");
    const wanted = to.objects.get(key);
    if (is !== undefined && (wanted === undefined || textOf(wanted, "partitionOf") !== is)) found.add(is);
  }
  // A set also visits what is added meanwhile.
  for (const name of found) {
    const table = from.objects.get(keyOf("table", name));
    const parent = table === undefined ? undefined : textOf(table, "partitionOf");
    if (parent !== undefined) found.add(parent);
  }
  return found;
}

/** The columns of tables that exist before and after, with equal types, by table. */
export function keptColumns(from: Schema, to: Schema): ReadonlyMap<string, string[]> {
  const kept = new Map<string, string[]>();
  const smaller = withoutPartitions(from, to);
  for (const [key, is] of from.objects) {
    const wanted = to.objects.get(key);
    if (wanted === undefined || is.kind !== "column") continue;
    const [before, after] = [from, to].map(({ objects }) => objects.get(keyOf("table", parentOf(is.name))));
    const isStored = [is, wanted].every((column) => textOf(column, "generated") === undefined);
    // Values of a type with other fields look different.
    const fields = ({ objects }: Schema) =>
      is.needs.map((need) => objects.get(need)?.attributes["fields"] ?? null);
    const isSame =
      textOf(is, "type") === textOf(wanted, "type") && fields(from).join("\n") === fields(to).join("\n");
    if (before === undefined || after === undefined || !isStored || !isSame) continue;
    if (smaller.has(before.name)) continue;
    if ([before, after].some((table) => textOf(table, "type") === "foreign table")) continue;
    const table = sqlName(before.name);
    kept.set(table, [...(kept.get(table) ?? []), sqlName(ownName(is.name))]);
  }
  return kept;
}
