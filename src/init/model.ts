/** The migration tools whose folders `init` recognises, as the command line and JSON name them. */
export const toolNames = [
  "alembic",
  "prisma",
  "drizzle",
  "flyway",
  "dbmate",
  "node-pg-migrate",
  "golang-migrate",
  "goose",
  "sql-migrate",
] as const;
export type ToolName = (typeof toolNames)[number];

/** A remark about a file or folder. */
export interface Note {
  /** Relative to the tool's folder, or to the repository for what is outside of it. */
  readonly from: string;
  /** In words, with the line if there is one. */
  readonly reason: string;
}

/** A part of a text: from one offset up to another, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The SQL of one direction of a migration: parts of a file. */
export interface Part {
  /** The file, relative to the tool's folder. */
  readonly from: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** The whole text of the file. */
  readonly text: string;
  /** The parts of the text that belong to this direction, in ascending order. */
  readonly ranges: readonly Range[];
  /** Whether the tool runs it outside a transaction because the file says so. */
  readonly noTransaction: boolean;
}

/** A migration of another tool. */
export interface ToolMigration {
  /** Its file, relative to the tool's folder. */
  readonly from: string;
  /** Its description in the tool, for example `create piers`; may be empty. */
  readonly name: string;
  /** How the tool's ledger names it. */
  readonly version: string;
  readonly up: Part;
  readonly down: Part | undefined;
  /** Whether a missing down part is worth a warning. */
  readonly expectsDown: boolean;
}

/** What the folder of a tool contains. */
export interface Reading {
  /** In the order in which the tool applies them. */
  readonly migrations: readonly ToolMigration[];
  /** Files that are not migrations. */
  readonly skips: readonly Note[];
  /** What changes or is left out; the rest is still taken over. */
  readonly warnings: readonly Note[];
  /** Why nothing of the folder can be taken over. */
  readonly refused: readonly Note[];
}

/** Where a tool records what it has applied. */
export interface ToolLedger {
  /** Without its schema. */
  readonly table: string;
  /** The schema that the tool creates for it; `public` if undefined. */
  readonly schema?: string;
  /**
   * A query for the versions that count as applied, in a column `version` of type text.
   * @param table quoted, with its schema
   */
  readonly query: (table: string) => string;
  /**
   * The versions that the rows of the query mean; the rows themselves if undefined.
   * @param migrations all of the tool, in its order
   */
  readonly appliedBy?: (rows: readonly string[], migrations: readonly ToolMigration[]) => readonly string[];
}

/** A migration tool. */
export interface Tool {
  readonly name: ToolName;
  /** As its makers write it. */
  readonly title: string;
  readonly ledger: ToolLedger;
  /** Folders of its migrations, relative to the repository. */
  find(repository: Repository): readonly string[];
  read(repository: Repository, folder: string): Reading;
}

/** A file's text, or why it is not text. */
export type FileText = { readonly text: string } | { readonly flaw: string };

/** The files of the application's repository. All paths are relative to its root, with slashes. */
export interface Repository {
  /** Absolute path. */
  readonly root: string;
  /** Sorted, without folders that other programs fill. */
  readonly files: readonly string[];
  /** Folders that were not searched, with the reason. */
  readonly unsearched: readonly Note[];
  /** The names of the folders directly in a folder, sorted. */
  foldersIn(folder: string): readonly string[];
  /** The text without a byte order mark. */
  text(file: string): FileText;
}
