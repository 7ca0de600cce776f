import type { Session } from "../database/session.ts";
import type { CatalogFacts, HeldLock, PartFacts } from "./catalog-facts.ts";

const ownLocks = `pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation'
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;

/** Relations that the transaction has locked, in whatever mode, with the indexes of tables and the tables of indexes. */
const touchedSql = `WITH l AS MATERIALIZED (SELECT relation AS oid FROM ${ownLocks}), t AS MATERIALIZED (
  SELECT oid FROM l UNION SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid IN (SELECT oid FROM l)
  UNION SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid IN (SELECT oid FROM l))`;

/** Catalogs are read without functions that lock what they describe, such as `pg_get_constraintdef`. */
const factsSql = (only: string) => `, r AS MATERIALIZED (
  SELECT c.oid, c.relkind, c.relname, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'socrates_db') AND n.nspname !~ '^pg_(toast_)?temp_'
    AND c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f', 'i', 'I')${only})
SELECT pg_catalog.json_build_object(
  'relations', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(oid::int8, name, nspname, relname, relkind, coalesce(pg_catalog.pg_relation_filenode(oid), 0)::int8,
      CASE WHEN relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_numscans(oid) ELSE 0 END)) FROM r),
  'columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(attrelid::int8, attnum, attname, atttypid || '/' || atttypmod || '/' || attcollation,
      attnotnull, atthasdef, attidentity <> '', attgenerated)) FROM pg_catalog.pg_attribute JOIN r ON r.oid = attrelid
      WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'm', 'v', 'f')),
  'constraints', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(c.oid::int8, conname, contype, conrelid::int8, confrelid::int8, convalidated, conindid::int8,
      conparentid::int8, contypid::int8, coalesce(conkey, '{}'))) FROM pg_catalog.pg_constraint c
      WHERE conrelid IN (SELECT oid FROM r) OR contypid IN (SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'd' AND typnamespace <> 'information_schema'::pg_catalog.regnamespace)),
  'indexes', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(indexrelid::int8, indrelid::int8, indisvalid, indisunique, indkey::int2[]))
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
  'locks', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(relation::int8, mode)) FROM ${ownLocks} AND mode <> 'AccessShareLock'),
  'touched', (SELECT pg_catalog.json_agg(oid::int8) FROM t),
  'schemas', (SELECT pg_catalog.string_agg(oid || nspname, ',' ORDER BY oid) FROM pg_catalog.pg_namespace),
  'lockTimeout', pg_catalog.current_setting('lock_timeout'),
  'replicationRole', pg_catalog.current_setting('session_replication_role')) AS facts`;

type Rows<Row extends readonly unknown[]> = readonly Row[] | null;

interface FactRows {
  readonly relations: Rows<[number, string, string, string, string, number, number]>;
  readonly columns: Rows<[number, number, string, string, boolean, boolean, boolean, "" | "s" | "v"]>;
  readonly constraints: Rows<
    [number, string, string, number, number, boolean, number, number, number, readonly number[]]
  >;
  readonly indexes: Rows<[number, number, boolean, boolean, readonly number[]]>;
  readonly parents: Rows<[number, number]>;
  readonly triggers: Rows<[number, number, string, string]>;
  readonly policies: Rows<[number, number, string, string]>;
  readonly owners: Rows<[number, string]>;
  readonly extensions: Rows<[string, string]>;
  readonly locks: Rows<[number, string]>;
  readonly touched: readonly number[] | null;
  readonly schemas: string;
  readonly lockTimeout: string;
  readonly replicationRole: string;
}

function parts(rows: FactRows["triggers"]): Map<number, PartFacts> {
  return new Map((rows ?? []).map(([oid, table, name, definition]) => [oid, { table, name, definition }]));
}

function decode(facts: FactRows): CatalogFacts {
  return {
    relations: new Map(
      (facts.relations ?? []).map(([oid, name, schema, own, kind, node, scans]) => [
        oid,
        { name, path: [schema, own], kind, node, scans },
      ]),
    ),
    columns: new Map(
      (facts.columns ?? []).map(
        ([relation, number, name, type, notNull, hasDefault, identity, generated]) => [
          `${relation}.${number}`,
          { relation, name, type, notNull, hasDefault, identity, generated },
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
      (facts.indexes ?? []).map(([oid, table, valid, unique, columns]) => [
        oid,
        { table, valid, unique, columns },
      ]),
    ),
    parents: new Map(facts.parents ?? []),
    triggers: parts(facts.triggers),
    policies: parts(facts.policies),
    owners: new Map(facts.owners ?? []),
    extensions: new Map(facts.extensions ?? []),
    locks: (facts.locks ?? []).map(([oid, mode]) => ({ oid, mode })),
    schemas: facts.schemas,
    lockTimeout: facts.lockTimeout,
    replicationRole: facts.replicationRole,
  };
}

async function read(session: Pick<Session, "run">, sql: string): Promise<FactRows> {
  const [row] = await session.run<{ facts: FactRows | string }>(sql);
  if (row === undefined) throw new Error("the catalogs gave no row");
  return typeof row.facts === "string" ? JSON.parse(row.facts) : row.facts;
}

/** Reads the catalogs in the session's transaction. It locks nothing but catalogs. */
export async function readFacts(session: Pick<Session, "run">): Promise<CatalogFacts> {
  return decode(await read(session, `${touchedSql} ${factsSql("")}`));
}

/** A map without the entries that `isTouched`, and with those of another; the same map if both are empty. */
function merged<Key, Facts>(
  old: ReadonlyMap<Key, Facts>,
  now: ReadonlyMap<Key, Facts>,
  isTouched: (facts: Facts, key: Key) => boolean,
): ReadonlyMap<Key, Facts> {
  const kept = [...old].filter(([key, facts]) => !isTouched(facts, key));
  return kept.length === old.size && now.size === 0 ? old : new Map([...kept, ...now]);
}

/**
 * Reads what has changed since an earlier reading in the same transaction: nothing changes a relation without a lock on
 * it, so that only those that the transaction has locked are read.
 */
export async function readChanges(
  session: Pick<Session, "run">,
  before: CatalogFacts,
): Promise<CatalogFacts> {
  const rows = await read(session, `${touchedSql} ${factsSql(" AND c.oid IN (SELECT oid FROM t)")}`);
  const now = decode(rows);
  // A schema that is renamed renames all of its relations, and locks none.
  if (now.schemas !== before.schemas) return readFacts(session);
  const touched = new Set(rows.touched);
  const has = (oid: number) => touched.has(oid);
  return {
    ...now,
    relations: merged(before.relations, now.relations, (_, oid) => has(oid)),
    columns: merged(before.columns, now.columns, ({ relation }) => has(relation)),
    constraints: merged(
      before.constraints,
      now.constraints,
      ({ table, domain }) => domain !== 0 || has(table),
    ),
    indexes: merged(before.indexes, now.indexes, ({ table }, oid) => has(oid) || has(table)),
    parents: merged(before.parents, now.parents, (_, child) => has(child)),
    triggers: merged(before.triggers, now.triggers, ({ table }) => has(table)),
    policies: merged(before.policies, now.policies, ({ table }) => has(table)),
    owners: merged(before.owners, now.owners, (_, sequence) => has(sequence)),
  };
}

/** Reads the locks of the session's transaction on relations, without AccessShareLock. */
export async function readLocks(session: Pick<Session, "run">): Promise<HeldLock[]> {
  const rows = await session.run<HeldLock>(
    `SELECT relation::int4 AS oid, mode FROM ${ownLocks} AND mode <> 'AccessShareLock'`,
  );
  return [...rows];
}
