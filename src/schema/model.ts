/**
 * The schema of a database as data: objects with a kind, a name and attributes. Nothing here knows what a kind means,
 * and comparing does not need it.
 */

/** Kinds of objects, in the order of reports. */
export const kinds = [
  "schema",
  "extension",
  "language",
  "access method",
  "collation",
  "type",
  "foreign-data wrapper",
  "server",
  "user mapping",
  "sequence",
  "table",
  "column",
  "constraint",
  "index",
  "statistics object",
  "view",
  "function",
  "aggregate",
  "cast",
  "operator",
  "operator family",
  "operator class",
  "conversion",
  "transform",
  "text search parser",
  "text search template",
  "text search dictionary",
  "text search configuration",
  "trigger",
  "rule",
  "policy",
  "event trigger",
  "publication",
  "publication table",
  "subscription",
  "default privileges",
  "security label",
  "database setting",
  "role setting",
] as const;
export type Kind = (typeof kinds)[number];

/**
 * An attribute is a plain value: compound ones are written as text in one canonical form, for example `a, b DESC`.
 */
export type Attribute = string | number | boolean | null;

/**
 * Unique over all kinds, for example `index public.users.idx_users_email`. No OIDs: they differ between databases.
 */
export type ObjectKey = `${Kind} ${string}`;

export interface SchemaObject {
  readonly kind: Kind;
  /** `schema.table.part` for a part of a table, `schema.name` otherwise; functions with their argument types. */
  readonly name: string;
  /** Null if a server is too old to have the attribute and its absence means the default. */
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The objects that this one depends on: a column needs its table, a foreign key both its tables. */
  readonly needs: readonly ObjectKey[];
  /** The number of a column: tables are rebuilt in this order. It is not compared. */
  readonly position?: number;
}

/** An object in the database that the reader recognises but does not read. */
export interface Uncovered {
  /** Its kind in reports: `foreign table`, `aggregate`. */
  readonly what: string;
  readonly name: string;
  /** Why it is not compared, unless its kind never is. */
  readonly reason?: string;
}

export interface Schema {
  readonly objects: ReadonlyMap<ObjectKey, SchemaObject>;
  /** Objects that are not compared, so that they can be reported. */
  readonly uncovered: readonly Uncovered[];
  /** `server_version_num` of the server that deparsed it: texts are comparable within one major version. */
  readonly serverVersion: number;
}

export function keyOf(kind: Kind, name: string): ObjectKey {
  return `${kind} ${name}`;
}

/** The kind in a key: longer ones first, as `operator` also begins `operator class`. */
const kindPrefix = new RegExp(`^(?:${[...kinds].sort((a, b) => b.length - a.length).join("|")}) `);

/** The name in a key. */
export function nameIn(key: ObjectKey): string {
  return key.replace(kindPrefix, "");
}

/** A schema from its objects, in any order. */
export function schemaOf(
  objects: Iterable<SchemaObject>,
  uncovered: readonly Uncovered[],
  serverVersion: number,
): Schema {
  const byKey = new Map<ObjectKey, SchemaObject>();
  for (const object of objects) byKey.set(keyOf(object.kind, object.name), object);
  return { objects: byKey, uncovered, serverVersion };
}
