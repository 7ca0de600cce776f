import { columnOptionsText, optionsText, tablespaceName } from "./fragments.ts";
import { listOf, numbersOf, plainName, unlessBuiltIn } from "./names.ts";
import { catalogs, type Registry } from "./registry.ts";

/** The row of an index, whether it stands alone or behind a constraint. */
export interface IndexRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly constraintOid: number | null;
  readonly methodOid: number;
  readonly method: string;
  readonly keyCount: number;
  readonly numbers: string;
  readonly operatorClasses: string;
  readonly collations: string;
  readonly options: string;
  /** Expressions among the key columns, one to a line of this JSON array, in their order. */
  readonly expressions: readonly string[] | null;
  /** Parameters of operator classes, as text by position, where there are any. */
  readonly classOptions: Readonly<Record<string, string>> | null;
  /** Statistics targets of expressions, likewise. */
  readonly statistics: Readonly<Record<string, number>> | null;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly predicate: string | null;
  readonly storageParameters: string | null;
  readonly tablespace: string | null;
  readonly clustered: boolean;
  readonly replicaIdentity: boolean;
  readonly valid: boolean;
  readonly ready: boolean;
  readonly live: boolean;
  /** Whether it is attached to an index of a parent table. */
  readonly isPartition: boolean;
}

const perColumn = (value: string, where: string) => `(SELECT pg_catalog.json_object_agg(a.attnum, ${value})
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND ${where})`;

/** Everything about an index but deparsing, save where there is an expression: pg_get_indexdef over all is slow. */
export const indexColumns = (
  version: number,
) => `i.indexrelid AS "oid", i.indrelid AS "relation", c.relname AS "name",
  c.relam AS "methodOid", am.amname AS "method", i.indnkeyatts AS "keyCount", i.indkey::text AS "numbers", i.indclass::text AS "operatorClasses",
  i.indcollation::text AS "collations", i.indoption::text AS "options",
  CASE WHEN i.indexprs IS NOT NULL THEN (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k.n::int, false) ORDER BY k.n)
    FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(number, n) WHERE k.number = 0) END AS "expressions",
  CASE WHEN am.amname <> 'btree' THEN ${perColumn(columnOptionsText("a.attoptions"), "a.attoptions IS NOT NULL")} END AS "classOptions",
  CASE WHEN i.indexprs IS NOT NULL THEN ${perColumn("a.attstattarget", "a.attstattarget >= 0")} END AS "statistics",
  i.indisunique AS "unique", ${version >= 150000 ? "i.indnullsnotdistinct" : "false"} AS "nullsNotDistinct",
  CASE WHEN i.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END AS "predicate",
  ${optionsText("c.reloptions")} AS "storageParameters", ${tablespaceName("c.reltablespace")} AS "tablespace",
  i.indisclustered AS "clustered", i.indisreplident AS "replicaIdentity", i.indisvalid AS "valid", i.indisready AS "ready",
  i.indislive AS "live", c.relispartition AS "isPartition"`;

/** The operator classes of a server, and which of them need not be said. */
interface OperatorClasses {
  readonly nameOf: (oid: number) => string;
  /** Whether it is the one that a column of this type gets (of an expression the type is not known). */
  readonly isDefault: (oid: number, typeOid: number | undefined) => boolean;
}

/** Names behind the OIDs in index rows. */
export interface IndexNames {
  readonly operatorClasses: OperatorClasses;
  readonly collations: ReadonlyMap<number, string>;
}

export interface NameRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

export interface OperatorClassRow extends NameRow {
  readonly methodOid: number;
  readonly typeOid: number;
  readonly isDefault: boolean;
}

export const operatorClassesSql = `SELECT o.oid, n.nspname AS "schema", o.opcname AS "name",
    o.opcmethod AS "methodOid", o.opcintype AS "typeOid", o.opcdefault AS "isDefault"
  FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace`;

/** The default collation of the database; what it is differs between servers and is no property of the index. */
const defaultCollation = 100;

/** The few collations that an index uses; a system has hundreds. */
export const collationsSql = `SELECT o.oid, n.nspname AS "schema", o.collname AS "name"
  FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
  WHERE o.oid = ${defaultCollation} OR o.oid IN (SELECT a.attcollation FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid WHERE a.attcollation NOT IN (0, ${defaultCollation}))`;

export function namesByOid(rows: readonly NameRow[]): ReadonlyMap<number, string> {
  return new Map(rows.map(({ oid, schema, name }) => [oid, unlessBuiltIn(schema, name)]));
}

const descending = 1;
const nullsFirst = 2;

/**
 * A type without a default class of its own gets that of a type it is as good as: `varchar` that of `text`
 * (manual, section 36.16.2).
 */
export function operatorClassesOf(rows: readonly OperatorClassRow[]): OperatorClasses {
  const names = namesByOid(rows);
  const defaults = rows.filter(({ isDefault }) => isDefault);
  const byOid = new Map(defaults.map((row) => [row.oid, row]));
  const types = new Set(defaults.map(({ methodOid, typeOid }) => `${methodOid}.${typeOid}`));
  return {
    nameOf: (oid) => names.get(oid) ?? String(oid),
    isDefault: (oid, typeOid) => {
      const row = byOid.get(oid);
      if (row === undefined) return false;
      return typeOid === undefined || row.typeOid === typeOid || !types.has(`${row.methodOid}.${typeOid}`);
    },
  };
}

/** The parts of an index as attributes, lists in the order of the key columns. */
export function indexParts(row: IndexRow, names: IndexNames, registry: Registry) {
  const numbers = numbersOf(row.numbers);
  const expressions = [...(row.expressions ?? [])];
  const keys = numbers.slice(0, row.keyCount);
  const columns = keys.map((number) =>
    number === 0 ? (expressions.shift() ?? "?") : (registry.columnNames(row.relation, [number])[0] ?? "?"),
  );
  const classes = numbersOf(row.operatorClasses).map((oid, i) => {
    const options = row.classOptions?.[String(i + 1)];
    const type = registry.columnType(row.relation, numbers[i] ?? 0);
    if (options === undefined && names.operatorClasses.isDefault(oid, type)) return "default";
    return `${names.operatorClasses.nameOf(oid)}${options === undefined ? "" : `(${options})`}`;
  });
  const collations = numbersOf(row.collations).slice(0, row.keyCount);
  const options = numbersOf(row.options);
  const isDescending = (bits: number) => (bits & descending) !== 0;
  return {
    columns: columns.join(", "),
    operatorClasses: classes.every((name) => name === "default") ? null : classes.join(", "),
    collations: collations.every((oid) => oid === 0 || oid === defaultCollation)
      ? null
      : collations.map((oid) => (oid === 0 ? "none" : (names.collations.get(oid) ?? oid))).join(", "),
    directions: options.some(isDescending)
      ? options.map((bits) => (isDescending(bits) ? "DESC" : "ASC")).join(", ")
      : null,
    // Ascending keys have nulls last, descending ones first, unless it is said.
    nulls: options.some((bits) => isDescending(bits) !== ((bits & nullsFirst) !== 0))
      ? options.map((bits) => ((bits & nullsFirst) !== 0 ? "NULLS FIRST" : "NULLS LAST")).join(", ")
      : null,
    include: listOf(registry.columnNames(row.relation, numbers.slice(row.keyCount))),
    statistics: listOf(
      Object.entries(row.statistics ?? {}).map(([number, target]) => `${number}: ${target}`),
    ),
  };
}

/** What an index cannot be without. */
export function indexNeeds(row: IndexRow, registry: Registry) {
  return [
    registry.relation(row.relation)?.key,
    ...registry.columnKeys(row.relation, numbersOf(row.numbers)),
    ...registry.uses(catalogs.class, row.oid),
    ...numbersOf(row.operatorClasses).map((oid) => registry.key(catalogs.operatorClass, oid)),
    registry.key(catalogs.accessMethod, row.methodOid),
  ];
}

/** The properties of an index that are neither its key nor its name. */
export function indexState(row: IndexRow) {
  return {
    storageParameters: row.storageParameters,
    tablespace: row.tablespace,
    clustered: row.clustered,
    replicaIdentity: row.replicaIdentity,
    valid: row.valid,
    ready: row.ready,
    live: row.live,
  };
}

/** The name of an index within its table. */
export function indexName(row: IndexRow, registry: Registry): string | undefined {
  const relation = registry.relation(row.relation);
  return relation === undefined ? undefined : `${relation.name}.${plainName(row.name)}`;
}
