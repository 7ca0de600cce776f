import type { Kind, ObjectKey } from "../schema/model.ts";

/** Statements that belong together: those of one object, or a part of a table that is created later. */
export interface Creation {
  readonly kind: Kind;
  readonly name: string;
  /** The table that it belongs to, as a name of the reader; undefined for what belongs to no table. */
  readonly table: string | undefined;
  readonly create: readonly string[];
  /** What reverses it; undefined if dropping another object does. */
  readonly drop: string | undefined;
}

/** A creation with what must be there before it. */
export interface Unit extends Creation {
  readonly provides: readonly ObjectKey[];
  readonly needs: readonly ObjectKey[];
}
