import type { ObjectKey, Schema } from "./model.ts";

/** Texts of an object that were proven to differ only because of a column's new type or collation. */
export interface DerivedChange {
  readonly key: ObjectKey;
  readonly attributes: readonly string[];
  /** The column. */
  readonly cause: ObjectKey;
}

/** Finds the derived changes between two schemas; a server proves them. */
export type FindDerivedChanges = (expected: Schema, actual: Schema) => Promise<readonly DerivedChange[]>;
