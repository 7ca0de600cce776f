import { keyOf, type SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import type { ReadOptions } from "./fragments.ts";
import type { IndexNames } from "./index-names.ts";
import { indexName, indexNeeds, indexParts, indexState } from "./index-parts.ts";
import { type IndexRow, usualIndex } from "./index-rows.ts";
import { numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export function registerIndexes(rows: readonly IndexRow[], registry: Registry): void {
  for (const row of rows) {
    const name = indexName(row, registry);
    if (name === undefined) continue;
    const key = keyOf(row.constraintOid === null ? "index" : "constraint", name);
    registry.add(catalogs.class, row.oid, key);
    // A view that groups by a primary key depends on its constraint.
    if (row.constraintOid !== null) registry.add(catalogs.constraint, row.constraintOid, key);
  }
}

/** Whether the name of a partition's index was chosen: PostgreSQL itself builds it from the table and the columns. */
function hasChosenName({ name, relation, numbers }: IndexRow, registry: Registry): boolean {
  const table = partsOfName(registry.relation(relation)?.name ?? "").at(-1);
  const columns = numbersOf(numbers).flatMap((number) =>
    number === 0 ? ["expr"] : registry.columnNames(relation, [number]).flatMap(partsOfName),
  );
  const usual = [table, ...columns, "idx"].join("_");
  return !(name.startsWith(usual) && /^\d*$/.test(name.slice(usual.length)));
}

/** Indexes that belong neither to a constraint nor to a parent table's index. */
export function* indexObjects(
  rows: readonly IndexRow[],
  names: IndexNames,
  registry: Registry,
  { exact }: ReadOptions,
): Generator<SchemaObject> {
  for (const row of rows) {
    const name = indexName(row, registry);
    if (name === undefined || row.constraintOid !== null) continue;
    const isPartition = row.rare?.isPartition ?? false;
    if (isPartition && !(exact && hasChosenName(row, registry))) continue;
    const key = keyOf("index", name);
    if (registry.key(catalogs.class, row.oid) !== key) continue; // it belongs to an extension
    yield {
      kind: "index",
      name,
      attributes: {
        method: row.method,
        unique: row.unique,
        nullsNotDistinct: (row.rare ?? usualIndex).nullsNotDistinct,
        ...indexParts(row, names, registry),
        predicate: row.predicate,
        ...(isPartition && { ofPartition: true }),
        ...indexState(row),
        comment: registry.comment(catalogs.class, row.oid),
      },
      needs: needsOf(key, indexNeeds(row, registry)),
    };
  }
}
