import type { Id } from "../id.ts";
import type { Run } from "../population.ts";

/** What the rows of a table are made of. */
export interface RowContext {
  readonly run: Run;
  /** The first number for a table that counts its rows. */
  readonly firstId: number;
  /** Those of the table's later columns that exist. */
  readonly later: readonly string[];
}

/**
 * The value of a field. Numbers are whole: a time in seconds since 1970, a `numeric` in units of its last decimal, an address
 * as its 32 bits. JSON is its text.
 */
export type Value = string | number | boolean | null | Id | readonly Id[] | Float32Array;

/** How one table is filled. Which database it stands in is for the catalog to say. */
export interface SeededTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns that a later migration adds: filled where they exist, and always the last of a row. */
  readonly laterColumns?: readonly string[];
  /** Tables, in whatever database, without whose rows these would refer to nothing. */
  readonly refersTo: readonly string[];
  /** What a row is recognised by where its id does not follow from the seed; as SQL, and of a row that is made. */
  readonly identity?: { readonly sql: string; readonly of: (row: readonly Value[]) => string };
  /** The column that counts rows, so that its sequence can be set behind them. */
  readonly counter?: string;
  /** Rows, each with a value for each column. */
  rows(context: RowContext): Iterable<readonly Value[]>;
}
