import { keyOf, type SchemaObject } from "../schema/model.ts";
import type { IndexNames } from "./index-names.ts";
import { indexName, indexNeeds, indexParts, indexState } from "./index-parts.ts";
import { type IndexRow, usualIndex } from "./index-rows.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export function registerIndexes(rows: readonly IndexRow[], registry: Registry): void {
  for (const row of rows) {
    const name = indexName(row, registry);
    if (name !== undefined)
      registry.add(catalogs.class, row.oid, keyOf(row.constraintOid === null ? "index" : "constraint", name));
  }
}

/** Indexes that belong neither to a constraint nor to a parent table's index. */
export function* indexObjects(
  rows: readonly IndexRow[],
  names: IndexNames,
  registry: Registry,
): Generator<SchemaObject> {
  for (const row of rows) {
    const name = indexName(row, registry);
    if (name === undefined || row.constraintOid !== null || row.rare?.isPartition) continue;
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
        ...indexState(row),
        comment: registry.comment(catalogs.class, row.oid),
      },
      needs: needsOf(key, indexNeeds(row, registry)),
    };
  }
}
