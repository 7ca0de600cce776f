import type { ObjectKey, Schema } from "./model.ts";

/** Texts of an object that differ only by what the new type or collation of a column writes into them, as was proven. */
export interface Echo {
  readonly key: ObjectKey;
  readonly attributes: readonly string[];
  /** The column. */
  readonly cause: ObjectKey;
}

/** Finds the echoes between two schemas; it takes a server to prove them. */
export type FindEchoes = (expected: Schema, actual: Schema) => Promise<readonly Echo[]>;
