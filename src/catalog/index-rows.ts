import {
  columnOptionsText,
  hasColumnOptions,
  optionsText,
  type ReadOptions,
  tablespaceName,
  userRelations,
} from "./fragments.ts";

/** Attributes that few indexes have. Each of twenty thousand rows is read faster without them. */
interface RareIndex {
  /** The expressions among the key columns, in order. */
  readonly expressions: readonly string[] | null;
  /** Parameters of operator classes, by position. */
  readonly classOptions: Readonly<Record<string, string>> | null;
  /** Statistics targets of expressions, by position. */
  readonly statistics: Readonly<Record<string, number>> | null;
  readonly nullsNotDistinct: boolean;
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

export const usualIndex: RareIndex = {
  expressions: null,
  classOptions: null,
  statistics: null,
  nullsNotDistinct: false,
  storageParameters: null,
  tablespace: null,
  clustered: false,
  replicaIdentity: false,
  valid: true,
  ready: true,
  live: true,
  isPartition: false,
};

/** The row of an index, with or without a constraint. */
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
  readonly unique: boolean;
  readonly predicate: string | null;
  readonly rare: RareIndex | null;
}

const perColumn = (value: string, where: string) => `(SELECT pg_catalog.json_object_agg(a.attnum, ${value})
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND ${where})`;

const expressions = `(SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k.n::int, false) ORDER BY k.n)
  FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(number, n) WHERE k.number = 0)`;

/**
 * All indexes. The properties of a constraint's index become attributes of the constraint. Only expressions are
 * deparsed one by one: pg_get_indexdef over all indexes takes several times as long as reading their columns.
 * Operator classes of B-trees have no parameters; those of other methods may.
 */
export const indexesSql = (options: ReadOptions) => {
  const nullsNotDistinct = options.version >= 150000 ? "i.indnullsnotdistinct" : "false";
  return `SELECT i.indexrelid AS "oid", i.indrelid AS "relation", c.relname AS "name", k.oid AS "constraintOid",
    c.relam AS "methodOid", am.amname AS "method", i.indnkeyatts AS "keyCount", i.indkey::text AS "numbers",
    i.indclass::text AS "operatorClasses", i.indcollation::text AS "collations", i.indoption::text AS "options", i.indisunique AS "unique",
    CASE WHEN i.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END AS "predicate",
    CASE WHEN i.indexprs IS NOT NULL OR am.amname <> 'btree' OR ${nullsNotDistinct} OR c.reloptions IS NOT NULL OR c.reltablespace <> 0
        OR i.indisclustered OR i.indisreplident OR NOT i.indisvalid OR NOT i.indisready OR NOT i.indislive OR c.relispartition
      THEN pg_catalog.json_build_object(
        'expressions', CASE WHEN i.indexprs IS NOT NULL THEN ${expressions} END,
        'classOptions', CASE WHEN am.amname <> 'btree' THEN ${perColumn(columnOptionsText("a.attoptions"), hasColumnOptions("a.attoptions"))} END,
        'statistics', CASE WHEN i.indexprs IS NOT NULL THEN ${perColumn("a.attstattarget", "a.attstattarget >= 0")} END,
        'nullsNotDistinct', ${nullsNotDistinct}, 'storageParameters', ${optionsText(options, "c.reloptions")}, 'tablespace', ${tablespaceName("c.reltablespace")},
        'clustered', i.indisclustered, 'replicaIdentity', i.indisreplident, 'valid', i.indisvalid, 'ready', i.indisready,
        'live', i.indislive, 'isPartition', c.relispartition) END AS "rare"
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
  WHERE i.indrelid IN ${userRelations}`;
};
