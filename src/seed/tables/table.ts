import type { Id } from "../id.ts";
import type { Run } from "../population.ts";

/** The input for a table's rows. */
export interface RowContext {
  readonly run: Run;
  /** The first number of a table with a sequence. */
  readonly firstId: number;
  /** The existing columns among the table's later ones. */
  readonly later: readonly string[];
}

/**
 * The value of a field. Numbers are integers: a time in seconds since 1970, a `numeric` in units of its last decimal,
 * an address as its 32 bits. JSON is its text.
 */
export type Value = string | number | boolean | null | Id | readonly Id[] | Float32Array;

/** How to fill one table. The catalog says which database has it. */
export interface SeededTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns that a later migration adds: filled if they exist, and always the last of a row. */
  readonly laterColumns?: readonly string[];
  /** Tables, in any database, whose rows these refer to. */
  readonly refersTo: readonly string[];
  /** How to recognise a row whose id does not follow from the seed; as SQL, and for a generated row. */
  readonly identity?: { readonly sql: string; readonly of: (row: readonly Value[]) => string };
  /** The column with a sequence, which continues after the rows. */
  readonly counter?: string;
  /** Rows, each with a value for each column. */
  rows(context: RowContext): Iterable<readonly Value[]>;
}
