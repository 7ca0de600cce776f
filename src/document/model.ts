import type { Location } from "../errors.ts";

/** Phases that a heading names: one, or a range such as `Phase 0-2` in which the table may come at any time. */
export interface PhaseRange {
  readonly from: number;
  readonly to: number;
}

/** One SQL statement of the document. */
export interface DocumentedStatement {
  readonly sql: string;
  readonly location: Location;
  /** A `CREATE INDEX` that is commented out: documented, but perhaps not there yet. */
  readonly deferred: boolean;
  /** The parts of the name of the table that it creates, as PostgreSQL folds them. */
  readonly creates: readonly string[] | undefined;
}

/**
 * A comment `-- References users(id) in socrates_auth` behind a column, or `-- References specifications(id)` within the
 * same database: a reference that no foreign key can hold.
 */
export interface LogicalReference {
  /** Identity of the table that holds the column, for example `public.projects`. */
  readonly table: string;
  readonly column: string;
  /** Name of the database, for example `socrates_auth`. */
  readonly toDatabase: string;
  /** Identity, for example `public.users`. */
  readonly toTable: string;
  readonly toColumn: string;
  readonly location: Location;
}

/** A comment behind a column that enumerates its values: `-- user_input, extracted, inferred`, `-- socratic or direct_chat`. */
export interface ListedValues {
  /** Identity of the table that holds the column. */
  readonly table: string;
  readonly column: string;
  readonly values: readonly string[];
  readonly location: Location;
}

export interface DocumentedTable {
  /** Identity, for example `public.users`. */
  readonly name: string;
  /** Name of the database, for example `socrates_auth`. */
  readonly database: string;
  readonly phase: PhaseRange;
  readonly location: Location;
  readonly statements: readonly DocumentedStatement[];
  readonly references: readonly LogicalReference[];
  readonly values: readonly ListedValues[];
}

/** Something in a document that looks like a part of the schema and is not read as one. */
export interface UnreadPart {
  readonly code: "no-sql" | "heading-mismatch" | "outside-table" | "unread-reference";
  readonly severity: "error" | "warning";
  /** What it is, as a sentence without its end. */
  readonly message: string;
  readonly hint: string;
  readonly location: Location;
}

/** What the document says in prose of the number of indexes. */
export interface IndexClaim {
  readonly text: string;
  readonly claimed: number;
  /** A table's count, the count of a range of phases, or that of the whole. */
  readonly about: { readonly table: string } | { readonly phase: PhaseRange } | "all";
  readonly location: Location;
}

/** A table in the overview of a database. */
export interface ListedTable {
  /** As it is written: with its schema where that is not `public`. */
  readonly name: string;
  readonly database: string;
  readonly phase: number | undefined;
  readonly location: Location;
}

/** How open a database is to be, by a line `**Access:** Restrictive` below its heading. */
export interface StatedAccess {
  readonly database: string;
  readonly level: "restrictive" | "permissive";
  readonly text: string;
  readonly location: Location;
}

/** A migration that the document's strategy announces. */
export interface AnnouncedMigration {
  readonly number: number;
  /** All that is said of it, in one line. */
  readonly text: string;
  readonly location: Location;
}

/** A box of a diagram. */
export interface DrawnTable {
  /** As it is written: with its schema where that is not `public`. */
  readonly name: string;
  readonly location: Location;
}

/** A Markdown document that describes a schema. */
export interface DocumentedSchema {
  readonly file: string;
  readonly tables: readonly DocumentedTable[];
  readonly claims: readonly IndexClaim[];
  readonly listed: readonly ListedTable[];
  readonly access: readonly StatedAccess[];
  readonly announced: readonly AnnouncedMigration[];
  readonly drawn: readonly DrawnTable[];
  readonly unread: readonly UnreadPart[];
}

/** Stands for the document of a project that has none. */
export const emptyDocument: DocumentedSchema = {
  file: "no document",
  tables: [],
  claims: [],
  listed: [],
  access: [],
  announced: [],
  drawn: [],
  unread: [],
};

/** The last phase that a document speaks of. */
export function lastPhaseOf(document: DocumentedSchema): number {
  return Math.max(...document.tables.map(({ phase }) => phase.to));
}
