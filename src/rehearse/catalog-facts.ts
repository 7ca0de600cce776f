import type { Session } from "../database/session.ts";

/** A relation, by its name as SQL writes it. */
export interface RelationFacts {
  readonly name: string;
  /** Schema and name without quotes. */
  readonly path: readonly [schema: string, name: string];
  /** `relkind` of pg_class: `r` table, `p` partitioned table, `m`, `v`, `S`, `f`, `i` index, `I` partitioned index. */
  readonly kind: string;
  /** The number of its file; 0 without one. */
  readonly node: number;
  /** Sequential scans that the session has counted so far. */
  readonly scans: number;
  /** Attributes in a row, with those of dropped columns. */
  readonly attributes: number;
  /** In percent; undefined for the default of its kind. */
  readonly fillfactor?: number;
}

export interface ColumnFacts {
  readonly relation: number;
  readonly name: string;
  /** Type, its modifier and its collation. */
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly identity: boolean;
  readonly generated: "" | "s" | "v";
  /** `attlen` of pg_attribute: bytes, or -1 for a variable length. */
  readonly length: number;
  /** `attalign` of pg_attribute: `c`, `s`, `i`, `d`. */
  readonly align: string;
}

/** A part of an index that is an expression, as its own relation stores it. */
export type ExpressionFacts = Pick<ColumnFacts, "name" | "type" | "length" | "align">;

export interface ConstraintFacts {
  readonly name: string;
  /** `contype` of pg_constraint: `c`, `f`, `n`, `p`, `u`, `x`, `t`. */
  readonly type: string;
  /** The table; 0 for a constraint of a domain. */
  readonly table: number;
  /** The referenced table of a foreign key, else 0. */
  readonly referenced: number;
  readonly validated: boolean;
  readonly index: number;
  readonly parent: number;
  /** The domain, else 0. */
  readonly domain: number;
  readonly columns: readonly number[];
}

export interface IndexFacts {
  readonly table: number;
  readonly valid: boolean;
  readonly unique: boolean;
  /** Numbers of the columns, 0 for an expression; those after the keys are only included. */
  readonly columns: readonly number[];
  readonly keys: number;
  /** For example `btree`. */
  readonly method: string;
  readonly partial: boolean;
  /** By position in the index; only of an index with expressions. */
  readonly expressions: readonly ExpressionFacts[];
}

/** A part of a table whose definition is only compared. */
export interface PartFacts {
  readonly table: number;
  readonly name: string;
  readonly definition: string;
}

export interface HeldLock {
  readonly oid: number;
  /** As pg_locks writes it, for example `ShareRowExclusiveLock`. */
  readonly mode: string;
}

/** What the catalogs say between two statements; maps are by oid, columns by `table.number`. */
export interface CatalogFacts {
  readonly relations: ReadonlyMap<number, RelationFacts>;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly constraints: ReadonlyMap<number, ConstraintFacts>;
  readonly indexes: ReadonlyMap<number, IndexFacts>;
  /** Parents of partitions, of tables that inherit, and of indexes of partitions. */
  readonly parents: ReadonlyMap<number, number>;
  readonly triggers: ReadonlyMap<number, PartFacts>;
  readonly policies: ReadonlyMap<number, PartFacts>;
  /** Tables of columns by the sequence that they own. */
  readonly owners: ReadonlyMap<number, string>;
  /** Versions of the extensions by name. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Locks of the session's transaction on relations of the database, without AccessShareLock. */
  readonly locks: readonly HeldLock[];
  readonly lockTimeout: string;
  readonly replicationRole: string;
}

/** Catalogs are read without functions that lock what they describe, such as `pg_get_constraintdef`. */
const factsSql = `WITH r AS MATERIALIZED (
  SELECT c.oid, c.relkind, c.relname, n.nspname, c.relnatts, c.reloptions, c.relam, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'socrates_db') AND n.nspname !~ '^pg_(toast_)?temp_'
    AND c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f', 'i', 'I'))
SELECT pg_catalog.json_build_object(
  'relations', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(oid::int8, name, nspname, relname, relkind, coalesce(pg_catalog.pg_relation_filenode(oid), 0)::int8,
      CASE WHEN relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_numscans(oid) ELSE 0 END, relnatts,
      CASE WHEN reloptions IS NOT NULL THEN substring(pg_catalog.array_to_string(reloptions, ' ') FROM '(?:^| )fillfactor=(\\d+)')::int4 END)) FROM r),
  'columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(attrelid::int8, attnum, attname, atttypid || '/' || atttypmod || '/' || attcollation,
      attnotnull, atthasdef, attidentity <> '', attgenerated, attlen, attalign)) FROM pg_catalog.pg_attribute JOIN r ON r.oid = attrelid
      WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'm', 'v', 'f')),
  'constraints', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(c.oid::int8, conname, contype, conrelid::int8, confrelid::int8, convalidated, conindid::int8,
      conparentid::int8, contypid::int8, coalesce(conkey, '{}'))) FROM pg_catalog.pg_constraint c
      WHERE conrelid IN (SELECT oid FROM r) OR contypid IN (SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'd' AND typnamespace <> 'information_schema'::pg_catalog.regnamespace)),
  'indexes', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(indexrelid::int8, indrelid::int8, indisvalid, indisunique, indkey::int2[], indnkeyatts,
      (SELECT amname FROM pg_catalog.pg_am a WHERE a.oid = relam), indpred IS NOT NULL, CASE WHEN indexprs IS NOT NULL THEN
        (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(attname, atttypid || '/' || atttypmod || '/' || attcollation, attlen, attalign) ORDER BY attnum)
        FROM pg_catalog.pg_attribute WHERE attrelid = indexrelid) END))
      FROM pg_catalog.pg_index JOIN r ON r.oid = indexrelid),
  'parents', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(inhrelid::int8, inhparent::int8)) FROM pg_catalog.pg_inherits JOIN r ON r.oid = inhrelid),
  'triggers', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(t.oid::int8, tgrelid::int8, tgname, tgfoid || '/' || tgtype))
      FROM pg_catalog.pg_trigger t JOIN r ON r.oid = tgrelid WHERE NOT tgisinternal),
  'policies', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(p.oid::int8, polrelid::int8, polname,
      pg_catalog.md5(pg_catalog.concat(polroles, polqual, polwithcheck)))) FROM pg_catalog.pg_policy p JOIN r ON r.oid = polrelid),
  'owners', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(objid::int8, refobjid || '.' || refobjsubid))
      FROM pg_catalog.pg_depend JOIN r ON r.oid = objid
      WHERE relkind = 'S' AND classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refclassid = classid AND deptype IN ('a', 'i')),
  'extensions', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(extname, extversion)) FROM pg_catalog.pg_extension),
  'locks', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(relation::int8, mode)) FROM pg_catalog.pg_locks
      WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND mode <> 'AccessShareLock'
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())),
  'lockTimeout', pg_catalog.current_setting('lock_timeout'),
  'replicationRole', pg_catalog.current_setting('session_replication_role')) AS facts`;

type Rows<Row extends readonly unknown[]> = readonly Row[] | null;

interface FactRows {
  readonly relations: Rows<[number, string, string, string, string, number, number, number, number | null]>;
  readonly columns: Rows<
    [number, number, string, string, boolean, boolean, boolean, "" | "s" | "v", number, string]
  >;
  readonly constraints: Rows<
    [number, string, string, number, number, boolean, number, number, number, readonly number[]]
  >;
  readonly indexes: Rows<
    [
      number,
      number,
      boolean,
      boolean,
      readonly number[],
      number,
      string,
      boolean,
      Rows<[string, string, number, string]>,
    ]
  >;
  readonly parents: Rows<[number, number]>;
  readonly triggers: Rows<[number, number, string, string]>;
  readonly policies: Rows<[number, number, string, string]>;
  readonly owners: Rows<[number, string]>;
  readonly extensions: Rows<[string, string]>;
  readonly locks: Rows<[number, string]>;
  readonly lockTimeout: string;
  readonly replicationRole: string;
}

function parts(rows: FactRows["triggers"]): Map<number, PartFacts> {
  return new Map((rows ?? []).map(([oid, table, name, definition]) => [oid, { table, name, definition }]));
}

/** Reads the catalogs in the session's transaction. It locks nothing but catalogs. */
export async function readFacts(session: Pick<Session, "run">): Promise<CatalogFacts> {
  const [row] = await session.run<{ facts: FactRows | string }>(factsSql);
  if (row === undefined) throw new Error("the catalogs gave no row");
  const facts: FactRows = typeof row.facts === "string" ? JSON.parse(row.facts) : row.facts;
  return {
    relations: new Map(
      (facts.relations ?? []).map(([oid, name, schema, own, kind, node, scans, attributes, fillfactor]) => [
        oid,
        {
          name,
          path: [schema, own],
          kind,
          node,
          scans,
          attributes,
          ...(fillfactor !== null && { fillfactor }),
        },
      ]),
    ),
    columns: new Map(
      (facts.columns ?? []).map(
        ([relation, number, name, type, notNull, hasDefault, identity, generated, length, align]) => [
          `${relation}.${number}`,
          { relation, name, type, notNull, hasDefault, identity, generated, length, align },
        ],
      ),
    ),
    constraints: new Map(
      (facts.constraints ?? []).map(
        ([oid, name, type, table, referenced, validated, index, parent, domain, columns]) => [
          oid,
          { name, type, table, referenced, validated, index, parent, domain, columns },
        ],
      ),
    ),
    indexes: new Map(
      (facts.indexes ?? []).map(
        ([oid, table, valid, unique, columns, keys, method, partial, expressions]) => [
          oid,
          {
            table,
            valid,
            unique,
            columns,
            keys,
            method,
            partial,
            expressions: (expressions ?? []).map(([name, type, length, align]) => ({
              name,
              type,
              length,
              align,
            })),
          },
        ],
      ),
    ),
    parents: new Map(facts.parents ?? []),
    triggers: parts(facts.triggers),
    policies: parts(facts.policies),
    owners: new Map(facts.owners ?? []),
    extensions: new Map(facts.extensions ?? []),
    locks: (facts.locks ?? []).map(([oid, mode]) => ({ oid, mode })),
    lockTimeout: facts.lockTimeout,
    replicationRole: facts.replicationRole,
  };
}

export function isIndex(kind: string): boolean {
  return kind === "i" || kind === "I";
}
