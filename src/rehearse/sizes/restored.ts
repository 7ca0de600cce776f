import { sizesSetting } from "../../database/session-sql.ts";
import { literal } from "../../sql/quote.ts";
import { type CatalogFacts, isIndex } from "../catalog-facts.ts";
import type { StatisticsOf } from "./columns.ts";
import { blockSize } from "./layout.ts";

/** Rows that a table has now, or entries of an index: each block has as many as before (`estimate_rel_size`). */
export function rowsNow({
  rows,
  pages = 0,
  bytes = 0,
}: {
  readonly rows?: number | null | undefined;
  readonly pages?: number | undefined;
  readonly bytes?: number | undefined;
}): number | undefined {
  if (rows === null || rows === undefined) return undefined;
  return pages === 0 ? rows : Math.round((rows * bytes) / blockSize / pages);
}

/** The largest number of pages that pg_class holds. */
const mostPages = 2 ** 31 - 1;

/**
 * SQL that gives the planner of an embedded shadow the figures of a target (manual, section 9.28.10 "Statistics
 * Manipulation Functions"), until the transaction or savepoint around it is rolled back.
 * @param facts the catalogs of the shadow now
 * @param only the tables whose figures are needed, with their indexes; all by default
 */
export function restoreSql(
  statistics: StatisticsOf,
  { relations, columns, indexes }: CatalogFacts,
  only?: ReadonlySet<number>,
): string {
  const isWanted = (oid: number) => only?.has(indexes.get(oid)?.table ?? oid) ?? true;
  const sizes = [...relations].flatMap(([oid, facts]) => {
    const known = isIndex(facts.kind) ? statistics.index(oid, facts) : statistics.relation(oid);
    const rows = known === undefined || !isWanted(oid) ? undefined : rowsNow(known);
    if (rows === undefined) return [];
    const [schema, name] = facts.path;
    return [{ schema, name, pages: Math.min(Math.ceil((known?.bytes ?? 0) / blockSize), mostPages), rows }];
  });
  const distributions = [...columns].flatMap(([key, { relation, name: column }]) => {
    const facts = relations.get(relation);
    const known = statistics.column(key);
    if (facts === undefined || known === undefined || !isWanted(relation)) return [];
    const [schema, name] = facts.path;
    return [{ schema, name, column, inherited: facts.kind === "p", ...known, type: undefined }];
  });
  return `SELECT pg_catalog.count(pg_catalog.pg_restore_relation_stats('schemaname', s.schema, 'relname', s.name, 'relpages', s.pages, 'reltuples', s.rows))
FROM pg_catalog.jsonb_to_recordset(${literal(JSON.stringify(sizes))}) AS s(schema pg_catalog.text, name pg_catalog.text, pages pg_catalog.int4, rows pg_catalog.float4);
SELECT pg_catalog.count(pg_catalog.pg_restore_attribute_stats('schemaname', s.schema, 'relname', s.name, 'attname', s.column, 'inherited', s.inherited,
  'null_frac', s.nulls, 'avg_width', s.width, 'n_distinct', s.distinct, 'correlation', s.correlation))
FROM pg_catalog.jsonb_to_recordset(${literal(JSON.stringify(distributions))}) AS s(schema pg_catalog.text, name pg_catalog.text, "column" pg_catalog.text,
  inherited pg_catalog.bool, nulls pg_catalog.float4, width pg_catalog.int4, "distinct" pg_catalog.float4, correlation pg_catalog.float4);
SET LOCAL ${sizesSetting} = on;`;
}
