import type { DerivedChange } from "../schema/derived-change.ts";
import type { Schema } from "../schema/model.ts";
import { findDerivedChanges } from "./derived-changes.ts";
import type { Printer } from "./printer.ts";
import { redeparse } from "./redeparse.ts";

/** Two schemas whose objects and texts can be compared. */
export interface Comparable {
  readonly expected: Schema;
  readonly actual: Schema;
  /** Changes that only follow from a column's change. */
  readonly derived: readonly DerivedChange[];
}

/**
 * Makes two schemas of any PostgreSQL versions comparable: see `withoutAbsent`, {@link redeparse} and {@link findDerivedChanges}.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function comparable(wanted: Schema, live: Schema, printer: Printer): Promise<Comparable> {
  const lacks = [...wanted.uncovered, ...live.uncovered].some(({ reason }) => reason !== undefined);
  const [expected, actual] = lacks
    ? (await import("./without-absent.ts")).withoutAbsent(wanted, live)
    : [wanted, live];
  const printed = await redeparse(expected, actual, printer);
  return { expected, actual: printed, derived: await findDerivedChanges(expected, printed, printer) };
}
