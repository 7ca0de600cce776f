import { type Attribute, keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { type ReadOptions, userRelations } from "./fragments.ts";
import type { IndexNames } from "./index-names.ts";
import { indexNeeds, indexParts, indexState } from "./index-parts.ts";
import { type IndexRow, usualIndex } from "./index-rows.ts";
import { inWords, listOf, numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface ConstraintRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly letter: string;
  readonly columns: string | null;
  readonly expression: string | null;
  readonly referenced: number;
  readonly referencedColumns: string | null;
  readonly match: string;
  readonly onUpdate: string;
  readonly onDelete: string;
  readonly onDeleteColumns: string | null;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly noInherit: boolean;
  readonly withoutOverlaps: boolean;
  readonly operators: string | null;
  readonly indexOid: number;
}

/**
 * Inherited constraints are left out. Constraint triggers (`t`) are read as triggers, and NOT NULL (`n`) as part of
 * the column.
 */
export const constraintsSql = ({
  version,
}: ReadOptions) => `SELECT k.oid, k.conrelid AS "relation", k.conname AS "name",
    k.contype::text AS "letter", k.conkey::text AS "columns",
    CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) END AS "expression",
    k.confrelid AS "referenced", k.confkey::text AS "referencedColumns", k.confmatchtype::text AS "match",
    k.confupdtype::text AS "onUpdate", k.confdeltype::text AS "onDelete",
    ${version >= 150000 ? "k.confdelsetcols::text" : "NULL::text"} AS "onDeleteColumns",
    k.condeferrable AS "deferrable", k.condeferred AS "deferred", k.convalidated AS "validated",
    ${version >= 180000 ? "k.conenforced" : "true"} AS "enforced", k.connoinherit AS "noInherit",
    ${version >= 180000 ? "k.conperiod" : "false"} AS "withoutOverlaps",
    CASE WHEN k.contype = 'x' THEN (SELECT pg_catalog.string_agg(CASE WHEN n.nspname <> 'pg_catalog' THEN pg_catalog.quote_ident(n.nspname) || '.' ELSE '' END || o.oprname, ', ' ORDER BY u.n)
      FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY u(oid, n) JOIN pg_catalog.pg_operator o ON o.oid = u.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace) END AS "operators",
    k.conindid AS "indexOid"
  FROM pg_catalog.pg_constraint k
  WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND (k.conislocal OR k.coninhcount = 0)
    AND k.conrelid IN ${userRelations}`;

const typeWords = { p: "primary key", u: "unique", f: "foreign key", c: "check", x: "exclusion" };
const matchWords = { f: "full", p: "partial", s: "simple" };
const actionWords = { a: "no action", r: "restrict", c: "cascade", n: "set null", d: "set default" };

/** Attributes of a foreign key. */
function reference(row: ConstraintRow, registry: Registry): Record<string, Attribute> {
  return {
    referencedTable: registry.relation(row.referenced)?.name ?? "a table that is not read",
    referencedColumns: listOf(registry.columnNames(row.referenced, numbersOf(row.referencedColumns))),
    match: inWords(matchWords, row.match),
    onUpdate: inWords(actionWords, row.onUpdate),
    onDelete: inWords(actionWords, row.onDelete),
    onDeleteColumns: listOf(registry.columnNames(row.relation, numbersOf(row.onDeleteColumns))),
  };
}

/** Attributes that a constraint takes from its index. */
function backing(row: ConstraintRow, index: IndexRow, names: IndexNames, registry: Registry) {
  const { columns, operatorClasses, collations, include } = indexParts(index, names, registry);
  return {
    columns,
    include,
    nullsNotDistinct: (index.rare ?? usualIndex).nullsNotDistinct,
    ...indexState(index),
    indexComment: registry.comment(catalogs.class, index.oid),
    ...(row.letter === "x" && {
      method: index.method,
      operators: row.operators,
      operatorClasses,
      collations,
      predicate: index.predicate,
    }),
  };
}

export function* constraintObjects(
  rows: readonly ConstraintRow[],
  indexes: readonly IndexRow[],
  names: IndexNames,
  registry: Registry,
): Generator<SchemaObject> {
  const indexByConstraint = new Map(indexes.map((index) => [index.constraintOid, index]));
  for (const row of rows) {
    const table = registry.relation(row.relation);
    if (table === undefined) continue;
    const name = `${table.name}.${plainName(row.name)}`;
    const columns = numbersOf(row.columns);
    const index = indexByConstraint.get(row.oid);
    const isForeignKey = row.letter === "f";
    yield {
      kind: "constraint",
      name,
      attributes: {
        type: inWords(typeWords, row.letter),
        columns: row.letter === "c" ? null : listOf(registry.columnNames(row.relation, columns)),
        ...(row.letter === "c" && { expression: row.expression }),
        ...(isForeignKey && reference(row, registry)),
        deferrable: row.deferrable,
        initiallyDeferred: row.deferred,
        // A constraint that is not enforced cannot be validated; PostgreSQL does not print it either.
        validated: row.validated || !row.enforced,
        enforced: row.enforced,
        noInherit: row.letter === "c" && row.noInherit,
        withoutOverlaps: row.withoutOverlaps,
        ...(index !== undefined && backing(row, index, names, registry)),
        comment: registry.comment(catalogs.constraint, row.oid),
      },
      needs: needsOf(keyOf("constraint", name), [
        table.key,
        ...registry.columnKeys(row.relation, columns),
        ...registry.uses(catalogs.constraint, row.oid),
        ...(isForeignKey
          ? [
              registry.relation(row.referenced)?.key,
              ...registry.columnKeys(row.referenced, numbersOf(row.referencedColumns)),
              registry.key(catalogs.class, row.indexOid),
            ]
          : []),
        ...(index === undefined ? [] : indexNeeds(index, registry)),
      ]),
    };
  }
}
