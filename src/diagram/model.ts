/**
 * A schema as an entity-relationship diagram: tables, columns, and references between tables. Plain data, the input
 * of layout and renderers.
 */

/** How an object differs from the documented one. */
export type Change = "added" | "missing" | "changed";

/** The role of a column: primary key, foreign key, logical reference. */
export type Role = "PK" | "FK" | "LR";

export interface Column {
  readonly name: string;
  /** The usual name, for example `varchar(255)`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly roles: readonly Role[];
  readonly change: Change | undefined;
}

export interface Table {
  /** Unique over all databases of the diagram. */
  readonly id: string;
  /** Key of its database. */
  readonly database: string;
  /** Without the schema `public`. */
  readonly name: string;
  /** Primary key first, then references, then the rest, each by name: a schema has no order of columns. */
  readonly columns: readonly Column[];
  /** Number of its partitions, which are not drawn; undefined if it is not partitioned. */
  readonly partitions: number | undefined;
  /** For a stub, the name of its database, which is not drawn here; else undefined. */
  readonly stubOf: string | undefined;
  readonly change: Change | undefined;
}

/** A foreign key or a logical reference: rows of `from` reference a row of `to`. */
export interface Reference {
  /** Unique over the diagram. */
  readonly id: string;
  /** Id of the table with the referring columns, the "many" end. */
  readonly from: string;
  /** Id of the referenced table. */
  readonly to: string;
  /** Columns of `from`. */
  readonly columns: readonly string[];
  /** One of the columns may be NULL: the reference is optional. */
  readonly optional: boolean;
  /** The columns are unique: at most one row references each row of `to`. */
  readonly unique: boolean;
  /** Whether it is a logical reference and not a foreign key. */
  readonly logical: boolean;
  readonly change: Change | undefined;
}

/** The diagram of one database. */
export interface Diagram {
  /** Key of the database. */
  readonly database: string;
  /** Heading, for example `shop, phase 3`. */
  readonly title: string;
  readonly tables: readonly Table[];
  readonly references: readonly Reference[];
}
