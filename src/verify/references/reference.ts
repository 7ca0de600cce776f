import type { Location } from "../../errors.ts";
import { dotted, partsOfName } from "../../schema/names.ts";
import type { KeyType } from "./key-type.ts";

/** A column of one of the databases. */
export interface ColumnPlace {
  /** Key of the database, for example `shop`. */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** A logical reference that can be checked: both columns exist and their types are comparable. */
export interface Reference {
  readonly from: ColumnPlace;
  /** Whether `from` is an array of keys. */
  readonly isArray: boolean;
  readonly to: ColumnPlace;
  readonly keyType: KeyType;
  /** Columns that identify a row of `from`'s table; empty without a primary key. */
  readonly primaryKey: readonly string[];
  readonly location: Location;
}

/** A row with a dangling reference. */
export interface Orphan {
  /** Its primary key, by column. */
  readonly row: Readonly<Record<string, string>>;
  /** The key without a referenced row. */
  readonly value: string;
}

/** The result of checking one reference. */
export interface ReferenceResult {
  readonly reference: Reference;
  /** References checked: values that are not null, elements of arrays. */
  readonly checked: number;
  readonly orphans: number;
  /** Some of them, sorted by their primary keys. */
  readonly sample: readonly Orphan[];
}

/** `shop.public.orders.user_id` */
export function nameOf({ database, schema, table, column }: ColumnPlace): string {
  return `${database}.${dotted(schema, table, column)}`;
}

/** A column of a table with a name such as `public.users`. */
export function placeOf(database: string, identity: string, column: string): ColumnPlace {
  const [schema = "", table = ""] = partsOfName(identity);
  return { database, schema, table, column };
}
