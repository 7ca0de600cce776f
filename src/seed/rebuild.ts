import type { Session } from "../database/session.ts";
import { literal } from "../sql/quote.ts";

/** An object that is dropped before the rows are loaded, and recreated after them. */
export interface Rebuild {
  readonly drop: readonly string[];
  /** In the order of creation: dependencies first. */
  readonly create: readonly string[];
}

interface Part {
  readonly drop: string;
  readonly create: string;
  readonly comment: string | null;
  readonly commentOn: string;
}

/**
 * Constraints and indexes of the tables, with their definitions. An object is kept if its definition does not cover
 * all of it: a tablespace, a clustering or replica identity, options of a constraint's index, statistics of an
 * expression, a state (invalid, disabled), or a dependent object, such as a view that groups by a primary key.
 */
function partsQuery(tables: readonly string[]): string {
  const names = tables.map(literal).join(", ");
  return `WITH t AS (SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition AND c.relname IN (${names})),
fk AS (SELECT k.oid, k.conname, k.conrelid, k.conindid, k.confrelid FROM pg_constraint k JOIN t ON t.oid = k.conrelid
  WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND k.coninhcount = 0
    AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')),
ix AS (SELECT i.indexrelid AS oid, i.indrelid, i.indisprimary, r.relname, k.oid AS con, k.conname, r.reloptions FROM pg_index i
  JOIN t ON t.oid = i.indrelid JOIN pg_class r ON r.oid = i.indexrelid
  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
  WHERE i.indisvalid AND i.indisready AND i.indislive AND NOT i.indisclustered AND NOT i.indisreplident AND r.reltablespace = 0
    AND (k.oid IS NULL OR r.reloptions IS NULL)
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)
    AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f' AND f.oid NOT IN (SELECT oid FROM fk))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'n' AND (d.classid <> 'pg_constraint'::regclass OR d.objid NOT IN (SELECT oid FROM fk))
      AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indexrelid OR d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid)))
SELECT * FROM (SELECT 1 AS rank, format('ALTER TABLE %s DROP CONSTRAINT %I', fk.conrelid::regclass, fk.conname) AS drop,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', fk.conrelid::regclass, fk.conname, pg_get_constraintdef(fk.oid)) AS create,
  obj_description(fk.oid, 'pg_constraint') AS comment, format('CONSTRAINT %I ON %s', fk.conname, fk.conrelid::regclass) AS "commentOn", fk.conname AS name
FROM fk
UNION ALL
SELECT 2, format('DROP INDEX %s', ix.oid::regclass), pg_get_indexdef(ix.oid), obj_description(ix.oid, 'pg_class'), format('INDEX %s', ix.oid::regclass), ix.relname
FROM ix WHERE ix.con IS NULL
UNION ALL
SELECT 3, format('ALTER TABLE %s DROP CONSTRAINT %I', ix.indrelid::regclass, ix.conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', ix.indrelid::regclass, ix.conname, pg_get_constraintdef(ix.con)),
  obj_description(ix.con, 'pg_constraint'), format('CONSTRAINT %I ON %s', ix.conname, ix.indrelid::regclass), ix.conname
FROM ix WHERE ix.con IS NOT NULL AND obj_description(ix.oid, 'pg_class') IS NULL
) parts ORDER BY rank, name COLLATE "C"`;
}

/**
 * Objects of empty tables that can be dropped and recreated exactly. Names are qualified, independent of a search
 * path.
 */
export async function readRebuild(session: Session, tables: readonly string[]): Promise<Rebuild> {
  const parts = await session.read<Part>(partsQuery(tables));
  const create = parts
    .toReversed()
    .flatMap(({ create: statement, comment, commentOn }) =>
      comment === null ? [statement] : [`${statement}; COMMENT ON ${commentOn} IS ${literal(comment)}`],
    );
  return { drop: parts.map(({ drop }) => drop), create };
}

/** Indexes that depend on the rows at their build: ivfflat, whose lists are chosen then. */
export async function readLateIndexes(
  session: Session,
  tables: readonly string[],
): Promise<readonly string[]> {
  if (tables.length === 0) return [];
  // Not a separate read, whose transaction would end that of the rows.
  const rows = await session.run<{
    name: string;
  }>(`SELECT r.oid::regclass::text AS name FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
JOIN pg_am m ON m.oid = r.relam JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE m.amname = 'ivfflat' AND n.nspname = 'public' AND c.relname IN (${tables.map(literal).join(", ")}) ORDER BY 1`);
  return rows.map(({ name }) => name);
}
