import type { Shadow } from "../../shadow/shadow.ts";

/** The type of a column, of a domain the one below it. */
export interface ColumnType {
  readonly type: string;
  readonly collation: string;
}

/** What decides on which index fits, by name; plans state no schemas, so those of equal names are together. */
export interface Catalog {
  /** Names of relations, with and without their schema. */
  readonly relations: ReadonlySet<string>;
  /** Definitions of valid indexes. */
  readonly indexes: ReadonlyMap<string, string>;
  /** The first columns of B-trees, quoted where SQL needs it. */
  readonly leading: ReadonlyMap<string, string>;
  /** Partial indexes. */
  readonly partial: ReadonlySet<string>;
  /** Types of columns, by `relation.column`. */
  readonly columns: ReadonlyMap<string, ColumnType>;
}

const own = `JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

const queries = {
  relations: `SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c ${own} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  indexes: `SELECT c.relname AS name, i.indpred IS NOT NULL AS partial,
  (SELECT pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_am m, pg_catalog.pg_attribute a
   WHERE m.oid = c.relam AND m.amname = 'btree' AND a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnum > 0) AS leading,
  pg_catalog.pg_get_indexdef(c.oid) AS definition
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid ${own} AND i.indisvalid ORDER BY n.nspname`,
  columns: `SELECT c.relname || '.' || a.attname AS name, a.attcollation::pg_catalog.text AS collation,
  pg_catalog.format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS type
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
${own} AND c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY n.nspname`,
} as const;

function together(entries: readonly (readonly [name: string, text: string])[]): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, text] of entries) all.set(name, `${all.get(name) ?? ""}${text}\n`);
  return all;
}

/** Reads it in the shadow's transaction. */
export async function readCatalog({ runAsIs }: Shadow): Promise<Catalog> {
  const relations = await runAsIs<{ schema: string; name: string }>(queries.relations);
  const indexes = await runAsIs<{
    name: string;
    partial: boolean;
    leading: string | null;
    definition: string;
  }>(queries.indexes);
  const columns = await runAsIs<ColumnType & { name: string }>(queries.columns);
  return {
    relations: new Set(relations.flatMap(({ schema, name }) => [name, `${schema}.${name}`])),
    indexes: together(indexes.map(({ name, definition }) => [name, definition])),
    leading: new Map(indexes.flatMap(({ name, leading }) => (leading === null ? [] : [[name, leading]]))),
    partial: new Set(indexes.flatMap(({ name, partial }) => (partial ? [name] : []))),
    columns: new Map(columns.map(({ name, type, collation }) => [name, { type, collation }])),
  };
}
