import { literal } from "../../sql/quote.ts";

/**
 * How the values of a type are encoded as keys: bytes in the server's sort order, so that two sorted streams can be
 * merged without knowing the type.
 */
export interface KeyType {
  /** Length of every key in bytes; undefined for variable length. */
  readonly width: number | undefined;
  /** SQL for comparing and sorting a value: the value itself if an index on it should be used. */
  readonly order: (value: string) => string;
  /** SQL type of `order`. */
  readonly orderType: string;
  /** SQL of the key, from the value of `order`. */
  readonly key: (ordered: string) => string;
  /** SQL of the value as text, from the value of `order`. */
  readonly text: (ordered: string) => string;
  /** A key in the text form of `orderType`. */
  readonly format: (key: Buffer) => string;
}

/** UUIDs sort as their 16 bytes do (PostgreSQL source, `uuid_internal_cmp`). */
const uuid: KeyType = {
  width: 16,
  order: (value) => value,
  orderType: "uuid",
  key: (ordered) => `uuid_send(${ordered})`,
  text: (ordered) => `${ordered}::text`,
  format: (key) => key.toString("hex"),
};

const signBit = 1n << 63n;

/** With its sign bit flipped, a signed integer sorts as its bytes do. */
const integer: KeyType = {
  width: 8,
  order: (value) => value,
  orderType: "bigint",
  key: (ordered) => `int8send((${ordered})::bigint # (-9223372036854775808)::bigint)`,
  text: (ordered) => `${ordered}::text`,
  format: (key) => String(key.readBigUInt64BE() - signBit),
};

/** Text is sorted by bytes, whatever the collations of the two databases are. */
const text: KeyType = {
  width: undefined,
  order: (value) => `convert_to((${value})::text, 'UTF8')`,
  orderType: "bytea",
  key: (ordered) => ordered,
  text: (ordered) => `convert_from(${ordered}, 'UTF8')`,
  format: (key) => `\\x${key.toString("hex")}`,
};

/** @param type as `format_type` writes it, for example `character varying(50)`; undefined for a type that is not supported */
export function keyTypeOf(type: string): KeyType | undefined {
  if (type === "uuid") return uuid;
  if (/^(smallint|integer|bigint)$/.test(type)) return integer;
  return /^(text|character varying(\(\d+\))?)$/.test(type) ? text : undefined;
}

/** The element type of an array; undefined for other types. */
export function elementType(type: string): string | undefined {
  return type.endsWith("[]") ? type.slice(0, -2) : undefined;
}

/** SQL of one key. */
export function keyLiteral(keyType: KeyType, key: Buffer): string {
  return `${literal(keyType.format(key))}::${keyType.orderType}`;
}

/** SQL of an array of keys. */
export function keyArray(keyType: KeyType, keys: readonly Buffer[]): string {
  const elements = keys.map((key) => `"${keyType.format(key).replaceAll("\\", "\\\\")}"`);
  return `${literal(`{${elements.join(",")}}`)}::${keyType.orderType}[]`;
}
