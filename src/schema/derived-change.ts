import type { ObjectKey, Schema } from "./model.ts";

/** Texts of an object that differ only by what the new type or collation of a column writes into them, as was proven. */
export interface DerivedChange {
  readonly key: ObjectKey;
  readonly attributes: readonly string[];
  /** The column. */
  readonly cause: ObjectKey;
}

/** Finds the derived changes between two schemas; a server proves them. */
export type FindDerivedChanges = (expected: Schema, actual: Schema) => Promise<readonly DerivedChange[]>;
