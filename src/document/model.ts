import type { Location } from "../errors.ts";

/** The phases in a heading: one, or a range such as `Phase 0-2` in which the table may be created at any time. */
export interface PhaseRange {
  readonly from: number;
  readonly to: number;
}

/** One SQL statement of the document. */
export interface DocumentedStatement {
  readonly sql: string;
  readonly location: Location;
  /** A `CREATE INDEX` in a comment: documented, but perhaps not created yet. */
  readonly deferred: boolean;
  /** The parts of the name of the table that it creates, as PostgreSQL folds them. */
  readonly creates: readonly string[] | undefined;
}

/**
 * A comment `-- References users(id) in staff` after a column, or `-- References specifications(id)` within
 * the same database: a reference that no foreign key can enforce.
 */
export interface LogicalReference {
  /** The column's table, for example `public.projects`. */
  readonly table: string;
  readonly column: string;
  /** Name of the database, for example `shop`. */
  readonly toDatabase: string;
  /** The table, for example `public.users`. */
  readonly toTable: string;
  readonly toColumn: string;
  readonly location: Location;
}

/**
 * A comment after a column that lists its values: `-- user_input, extracted, inferred`, `-- socratic or direct_chat`.
 */
export interface ListedValues {
  /** The column's table. */
  readonly table: string;
  readonly column: string;
  readonly values: readonly string[];
  readonly location: Location;
}

export interface DocumentedTable {
  /** The table, for example `public.users`. */
  readonly name: string;
  /** Name of the database, for example `shop`. */
  readonly database: string;
  readonly phase: PhaseRange;
  readonly location: Location;
  readonly statements: readonly DocumentedStatement[];
  readonly references: readonly LogicalReference[];
  readonly values: readonly ListedValues[];
}

/**
 * What belongs to no table, below a heading `Objects: types and functions`, and SQL elsewhere that alters documented
 * tables.
 */
export interface DocumentedObjects {
  /** Name of the database, for example `shop`. */
  readonly database: string;
  readonly phase: PhaseRange;
  readonly location: Location;
  readonly statements: readonly DocumentedStatement[];
}

/** A part of a document that looks like a part of the schema but is not read. */
export interface UnreadPart {
  readonly code: "no-sql" | "heading-mismatch" | "outside-table" | "no-database" | "unread-reference";
  readonly severity: "error" | "warning";
  /** What it is: the start of a sentence. */
  readonly message: string;
  readonly hint: string;
  readonly location: Location;
}

/** A number of indexes that the document's prose states. */
export interface IndexClaim {
  readonly text: string;
  readonly claimed: number;
  /** The count of a table, of a range of phases, or of the whole schema. */
  readonly about: { readonly table: string } | { readonly phase: PhaseRange } | "all";
  readonly location: Location;
}

/** A table in the overview of a database. */
export interface ListedTable {
  /** As written: with its schema unless that is `public`. */
  readonly name: string;
  readonly database: string;
  readonly phase: number | undefined;
  readonly location: Location;
}

/** How restrictive the access to the database should be, from a line `**Access:** Restrictive` below its heading. */
export interface StatedAccess {
  readonly database: string;
  readonly level: "restrictive" | "permissive";
  readonly text: string;
  readonly location: Location;
}

/** A migration in the document's migration strategy. */
export interface AnnouncedMigration {
  readonly number: number;
  /** Its description, on one line. */
  readonly text: string;
  readonly location: Location;
}

/** A box of a diagram. */
export interface DrawnTable {
  /** As written: with its schema unless that is `public`. */
  readonly name: string;
  readonly location: Location;
}

/** A document that describes a schema: one or several files of Markdown or SQL. */
export interface DocumentedSchema {
  /** The files, in their order. */
  readonly files: readonly string[];
  /** Its name in messages: the file, or how many there are. */
  readonly file: string;
  readonly tables: readonly DocumentedTable[];
  readonly objects: readonly DocumentedObjects[];
  readonly claims: readonly IndexClaim[];
  readonly listed: readonly ListedTable[];
  readonly access: readonly StatedAccess[];
  readonly announced: readonly AnnouncedMigration[];
  readonly drawn: readonly DrawnTable[];
  readonly unread: readonly UnreadPart[];
}

/** The name of a document in messages. */
export function labelOf(files: readonly string[]): string {
  const [first = "", ...others] = files;
  if (others.length === 0) return first;
  return `${first} and ${others.length} more ${others.length === 1 ? "file" : "files"}`;
}

/** The document of a project that has none. */
export const emptyDocument: DocumentedSchema = {
  files: [],
  file: "no document",
  tables: [],
  objects: [],
  claims: [],
  listed: [],
  access: [],
  announced: [],
  drawn: [],
  unread: [],
};

/** The sections of a database whose SQL runs, in the order of the document. */
export function sectionsOf(
  { files, tables, objects }: DocumentedSchema,
  database: string,
): readonly (DocumentedTable | DocumentedObjects)[] {
  return [...tables, ...objects]
    .filter((section) => section.database === database)
    .sort(
      ({ location: a }, { location: b }) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
}

/** The last phase in a document. */
export function lastPhaseOf({ tables, objects }: DocumentedSchema): number {
  return Math.max(...[...tables, ...objects].map(({ phase }) => phase.to));
}
