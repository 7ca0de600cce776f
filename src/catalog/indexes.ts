import { keyOf, type SchemaObject } from "../schema/model.ts";
import type { ReadOptions } from "./fragments.ts";
import { userRelations } from "./fragments.ts";
import {
  type IndexNames,
  type IndexRow,
  indexColumns,
  indexName,
  indexNeeds,
  indexParts,
  indexState,
} from "./index-parts.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

/** All indexes, those behind constraints too: their properties go to the constraint. */
export const indexesSql = ({
  version,
}: ReadOptions) => `SELECT ${indexColumns(version)}, k.oid AS "constraintOid"
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
  WHERE i.indrelid IN ${userRelations}`;

export function registerIndexes(rows: readonly IndexRow[], registry: Registry): void {
  for (const row of rows) {
    const name = indexName(row, registry);
    if (name !== undefined)
      registry.add(catalogs.class, row.oid, keyOf(row.constraintOid === null ? "index" : "constraint", name));
  }
}

/** Indexes that belong to no constraint and to no index of a parent table. */
export function indexObjects(
  rows: readonly IndexRow[],
  names: IndexNames,
  registry: Registry,
): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    const name = indexName(row, registry);
    if (name === undefined || row.constraintOid !== null || row.isPartition) return [];
    const key = keyOf("index", name);
    if (registry.key(catalogs.class, row.oid) !== key) return []; // it belongs to an extension
    return [
      {
        kind: "index",
        name,
        attributes: {
          method: row.method,
          unique: row.unique,
          nullsNotDistinct: row.nullsNotDistinct,
          ...indexParts(row, names, registry),
          predicate: row.predicate,
          ...indexState(row),
          comment: registry.comment(catalogs.class, row.oid),
        },
        needs: needsOf(key, indexNeeds(row, registry)),
      },
    ];
  });
}
