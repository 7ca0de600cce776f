/**
 * A schema as an entity-relationship diagram shows it: tables, columns, and references between tables. Plain data;
 * layout and renderers start from here.
 */

/** How a thing differs from what is documented. */
export type Change = "added" | "missing" | "changed";

/** What a column is for: primary key, foreign key, logical reference. */
export type Role = "PK" | "FK" | "LR";

export interface Column {
  readonly name: string;
  /** As people write it, for example `varchar(255)`. */
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
  /** Without its schema where that is `public`. */
  readonly name: string;
  /** Primary key first, then references, then the rest, each by name: a schema has no order of columns. */
  readonly columns: readonly Column[];
  /** Number of its partitions, which are not drawn; undefined where it is not partitioned. */
  readonly partitions: number | undefined;
  /** Name of its database where the table stands for one of a database that is not drawn here; else undefined. */
  readonly stubOf: string | undefined;
  readonly change: Change | undefined;
}

/** A foreign key, or a logical reference: rows of `from` name a row of `to`. */
export interface Reference {
  /** Unique over the diagram. */
  readonly id: string;
  /** Id of the table with the referring columns, the "many" end. */
  readonly from: string;
  /** Id of the table referred to. */
  readonly to: string;
  /** Columns of `from`. */
  readonly columns: readonly string[];
  /** One of the columns may be NULL: a row need not refer to anything. */
  readonly optional: boolean;
  /** The columns are unique: at most one row refers to each row of `to`. */
  readonly unique: boolean;
  /** No foreign key: a logical reference. */
  readonly logical: boolean;
  readonly change: Change | undefined;
}

/** What is drawn of one database. */
export interface Diagram {
  /** Key of the database. */
  readonly database: string;
  /** Heading, for example `socrates_auth, phase 3`. */
  readonly title: string;
  readonly tables: readonly Table[];
  readonly references: readonly Reference[];
}
