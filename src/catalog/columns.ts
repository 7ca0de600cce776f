import { keyOf, type ObjectKey, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import {
  collationName,
  columnOptionsText,
  foreignOptionsText,
  hasColumnOptions,
  privilegesText,
  type ReadOptions,
  userRelations,
} from "./fragments.ts";
import { inWords } from "./names.ts";
import { catalogs, partNeeds, type Registry } from "./registry.ts";

/** Attributes that few columns have. Each of fifty thousand rows is read faster without them. */
interface RareColumn {
  readonly collation: string | null;
  readonly identity: string;
  readonly generated: string;
  /** Null if the column has its type's collation. The next three are null if they are not set. */
  readonly storage: string | null;
  readonly compression: string | null;
  readonly statistics: number | null;
  readonly options: string | null;
  /** Of a column of a foreign table. */
  readonly foreignOptions: string | null;
}

const usual: RareColumn = {
  collation: null,
  identity: "",
  generated: "",
  storage: null,
  compression: null,
  statistics: null,
  options: null,
  foreignOptions: null,
};

export interface ColumnRow {
  readonly relation: number;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly typeOid: number;
  readonly notNull: boolean;
  /** False for a column that is only inherited from a parent table. */
  readonly isLocal: boolean;
  readonly rare: RareColumn | null;
  readonly privileges?: string | null;
}

/** The default statistics target is -1 before PostgreSQL 17 and NULL since; compression came with 14. */
export const columnsSql = (options: ReadOptions) => {
  const compression = options.version >= 140000 ? "a.attcompression::text" : "''";
  return `SELECT a.attrelid AS "relation", a.attnum AS "number", a.attname AS "name",
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS "type", a.atttypid AS "typeOid",
    a.attnotnull AS "notNull", a.attislocal AS "isLocal",
    CASE WHEN a.attcollation <> t.typcollation OR a.attidentity <> '' OR a.attgenerated <> '' OR a.attstorage <> t.typstorage
        OR ${compression} <> '' OR a.attstattarget >= 0 OR ${hasColumnOptions("a.attoptions")} OR a.attfdwoptions IS NOT NULL THEN pg_catalog.json_build_object(
      'collation', CASE WHEN a.attcollation <> t.typcollation THEN ${collationName("a.attcollation")} END,
      'identity', a.attidentity::text, 'generated', a.attgenerated::text, 'storage', NULLIF(a.attstorage, t.typstorage)::text,
      'compression', NULLIF(${compression}, ''), 'statistics', NULLIF(a.attstattarget, -1),
      'options', ${columnOptionsText("a.attoptions")}, 'foreignOptions', ${foreignOptionsText("a.attfdwoptions")}) END AS "rare"
    ${options.privileges ? `, CASE WHEN a.attacl IS NOT NULL THEN ${privilegesText(options, "a.attacl", "c", "r.relowner")} END AS "privileges"` : ""}
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  ${options.privileges ? "JOIN pg_catalog.pg_class r ON r.oid = a.attrelid" : ""}
  WHERE a.attrelid IN ${userRelations} AND a.attnum > 0 AND NOT a.attisdropped`;
};

/** The default of a column, or the expression that generates it. */
export interface DefaultRow {
  readonly oid: number;
  readonly relation: number;
  readonly number: number;
  readonly text: string;
}

/** A separate query: in a join the planner would look up each of fifty thousand columns. */
export const defaultsSql = `SELECT d.oid, d.adrelid AS "relation", d.adnum AS "number", pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "text"
  FROM pg_catalog.pg_attrdef d WHERE d.adrelid IN ${userRelations}`;

export interface NotNullRow {
  readonly oid: number;
  readonly relation: number;
  readonly columns: string;
  readonly text: string;
}

/**
 * PostgreSQL 18 stores NOT NULL in pg_constraint. The column has it already, so only rows with more are read: a
 * constraint that is not validated or not inherited, or that has a comment.
 */
export const notNullsSql = ({
  version,
}: ReadOptions) => `SELECT k.oid, k.conrelid AS "relation", k.conkey::text AS "columns",
    CASE WHEN k.convalidated THEN '' ELSE 'NOT VALID ' END || CASE WHEN k.connoinherit THEN 'NO INHERIT' ELSE '' END AS "text"
  FROM pg_catalog.pg_constraint k
  WHERE ${version >= 180000} AND k.contype = 'n' AND k.conrelid IN ${userRelations} AND (NOT k.convalidated OR k.connoinherit OR EXISTS (
    SELECT FROM pg_catalog.pg_description d WHERE d.classoid = ${catalogs.constraint} AND d.objoid = k.oid))`;

export function registerColumns(rows: readonly ColumnRow[], registry: Registry): void {
  for (const { relation, number, name, typeOid } of rows)
    registry.addColumn(relation, number, plainName(name), typeOid);
}

const identityWords = { a: "always", d: "by default" };
const generatedWords = { s: "stored", v: "virtual" };
export const storageWords = { p: "plain", e: "external", m: "main", x: "extended" };
const compressionWords = { p: "pglz", l: "lz4" };

/** The position of a column as text: the key for what other rows say about it. */
export function columnPlace(relation: number, number: number | undefined): string {
  return `${relation}.${number}`;
}

/** What columns need from other rows, by `columnPlace`. */
export interface ColumnExtras {
  readonly defaults: ReadonlyMap<string, DefaultRow>;
  readonly identityOptions: ReadonlyMap<string, string>;
  /** Null for the usual ones. */
  readonly identityPrivileges: ReadonlyMap<string, string | null>;
  /** Only for an exact copy. */
  readonly identitySequences: ReadonlyMap<string, string> | undefined;
  readonly notNulls: ReadonlyMap<string, NotNullRow>;
  readonly sequenceOwners: ReadonlyMap<ObjectKey, string>;
}

/** Columns of tables, without inherited ones; one at a time, as there are many. */
export function* columnObjects(
  rows: readonly ColumnRow[],
  extras: ColumnExtras,
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): Generator<SchemaObject> {
  for (const row of rows) {
    const table = registry.relation(row.relation);
    if (!row.isLocal || table === undefined || !table.hasColumnObjects) continue;
    const name = `${table.name}.${plainName(row.name)}`;
    const place = columnPlace(row.relation, row.number);
    const notNull = extras.notNulls.get(place);
    const rare = row.rare ?? usual;
    const sequence = extras.identitySequences?.get(place);
    const isGenerated = rare.generated !== "";
    const set = extras.defaults.get(place);
    const text = set?.text ?? null;
    yield {
      kind: "column",
      name,
      position: row.number,
      attributes: {
        type: row.type,
        collation: rare.collation,
        default: isGenerated ? null : text,
        notNull: row.notNull,
        notNullConstraint: notNull?.text.trim() || null,
        notNullComment: notNull === undefined ? null : registry.comment(catalogs.constraint, notNull.oid),
        identity: rare.identity === "" ? null : inWords(identityWords, rare.identity),
        identityOptions: extras.identityOptions.get(place) ?? null,
        ...(sequence !== undefined && { identitySequence: sequence }),
        generated: isGenerated ? inWords(generatedWords, rare.generated) : null,
        expression: isGenerated ? text : null,
        storage: rare.storage === null ? null : inWords(storageWords, rare.storage),
        compression: rare.compression === null ? null : inWords(compressionWords, rare.compression),
        statistics: rare.statistics,
        options: rare.options,
        ...(rare.foreignOptions !== null && { foreignOptions: rare.foreignOptions }),
        comment: registry.comment(catalogs.class, row.relation, row.number),
        ...(withPrivileges && {
          privileges: row.privileges ?? null,
          identityPrivileges: extras.identityPrivileges.get(place) ?? null,
        }),
      },
      needs: partNeeds(keyOf("column", name), table, [
        registry.key(catalogs.type, row.typeOid),
        // DROP of the column also drops a sequence that it owns, so the sequence depends on the column.
        ...(set === undefined ? [] : registry.uses(catalogs.attrdef, set.oid)).filter(
          (key) => key === undefined || extras.sequenceOwners.get(key) !== place,
        ),
        ...registry.uses(catalogs.class, row.relation, row.number),
      ]),
    };
  }
}
