import { identifier } from "../../sql/quote.ts";
import { type KeyType, keyArray, keyLiteral } from "./key-type.ts";
import type { ColumnPlace, Reference } from "./reference.ts";

function tableOf({ schema, table }: ColumnPlace): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/** A sub-select of the references as `v`, one row per array element, with further columns of their rows. */
function children({ from, isArray, keyType }: Reference, ...further: readonly string[]): string {
  const columns = further.map((column) => `, t.${identifier(column)}`).join("");
  const column = `t.${identifier(from.column)}`;
  return isArray
    ? `(SELECT ${keyType.order("e.v")} AS v${columns} FROM ${tableOf(from)} t CROSS JOIN LATERAL unnest(${column}) e(v) WHERE e.v IS NOT NULL)`
    : `(SELECT ${keyType.order(column)} AS v${columns} FROM ${tableOf(from)} t WHERE ${column} IS NOT NULL)`;
}

/** A sub-select of the referenced keys, as `v`. */
function parents({ to, keyType }: Reference): string {
  const column = `t.${identifier(to.column)}`;
  return `(SELECT ${keyType.order(column)} AS v FROM ${tableOf(to)} t WHERE ${column} IS NOT NULL)`;
}

/** SQL of a key in a chunk: after its length in four bytes for variable length. */
function packed(keyType: KeyType): string {
  const key = keyType.key("v");
  return keyType.width === undefined ? `int4send(length(${key})) || ${key}` : key;
}

/** A run of sorted keys, packed into one value: a row per key would cost more to receive than to compare. */
export interface ChunkRow {
  /** Null if there are none. */
  readonly chunk: Buffer | null;
  readonly keys: number;
  /** The number of rows that contain them. */
  readonly rows: number;
}

/** An aggregate reads its input in the order of a sorted sub-select (manual, section 9.21). */
function asChunk(select: string): string {
  return `SELECT string_agg(k, ''::bytea) AS chunk, count(*)::integer AS keys, coalesce(sum(n), 0)::float8 AS rows FROM (${select}) c`;
}

/** The next referencing keys after `after`, sorted, each with its count in eight bytes. */
export function childrenSql(reference: Reference, after: Buffer | undefined, limit: number): string {
  const { keyType } = reference;
  const where = after === undefined ? "" : `WHERE v > ${keyLiteral(keyType, after)}`;
  return asChunk(
    `SELECT ${packed(keyType)} || int8send(count(*)) AS k, count(*) AS n FROM ${children(reference)} s ${where} GROUP BY v ORDER BY v LIMIT ${limit}`,
  );
}

/** The next referenced keys after `after` and up to `last`, sorted. */
export function parentsSql(
  reference: Reference,
  after: Buffer | undefined,
  last: Buffer,
  limit: number,
): string {
  const { keyType } = reference;
  const from = after === undefined ? "" : `v > ${keyLiteral(keyType, after)} AND`;
  return asChunk(
    `SELECT ${packed(keyType)} AS k, 1 AS n FROM ${parents(reference)} s WHERE ${from} v <= ${keyLiteral(keyType, last)} ORDER BY v LIMIT ${limit}`,
  );
}

/** Those of the keys that are still referenced, with counts. */
export function stillReferredSql(reference: Reference, keys: readonly Buffer[]): string {
  const { keyType } = reference;
  return asChunk(
    `SELECT ${packed(keyType)} || int8send(count(*)) AS k, count(*) AS n FROM unnest(${keyArray(keyType, keys)}) w(v) JOIN ${children(reference)} s USING (v) GROUP BY v ORDER BY v`,
  );
}

/** Those of the keys without a referenced row. */
export function absentSql(reference: Reference, keys: readonly Buffer[]): string {
  const { keyType } = reference;
  return asChunk(
    `SELECT ${packed(keyType)} AS k, 1 AS n FROM unnest(${keyArray(keyType, keys)}) w(v) WHERE NOT EXISTS (SELECT FROM ${parents(reference)} p WHERE p.v = w.v) ORDER BY v`,
  );
}

/** Rows that reference the keys: `v` and the columns of the primary key as text. */
export interface SampleRow {
  readonly value: string;
  readonly row: readonly (string | null)[];
}

function sample(reference: Reference, where: string, limit: number): string {
  const { keyType, primaryKey } = reference;
  const columns = primaryKey.map((column) => `s.${identifier(column)}`);
  const order = columns.length === 0 ? "s.v" : columns.join(", ");
  return `SELECT ${keyType.text("s.v")} AS value, json_build_array(${columns.map((column) => `${column}::text`).join(", ")}) AS row
    FROM ${children(reference, ...primaryKey)} s WHERE ${where} ORDER BY ${order} LIMIT ${limit}`;
}

/** Rows that reference one of the keys. */
export function sampleSql(reference: Reference, keys: readonly Buffer[], limit: number): string {
  return sample(reference, `s.v = ANY (${keyArray(reference.keyType, keys)})`, limit);
}

const isOrphan = (reference: Reference) => `NOT EXISTS (SELECT FROM ${parents(reference)} p WHERE p.v = s.v)`;

export interface CountRow {
  readonly checked: number;
  readonly orphans: number;
}

/** If both columns are in one database, one statement counts. */
export function countWithinSql(reference: Reference): string {
  return `SELECT (SELECT count(*)::float8 FROM ${children(reference)} s) AS checked,
    (SELECT count(*)::float8 FROM ${children(reference)} s WHERE ${isOrphan(reference)}) AS orphans`;
}

/** Rows with a dangling reference within one database. */
export function sampleWithinSql(reference: Reference, limit: number): string {
  return sample(reference, isOrphan(reference), limit);
}
