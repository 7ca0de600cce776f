import type { DerivedChange } from "../schema/derived-change.ts";
import type { Schema } from "../schema/model.ts";
import { findDerivedChanges } from "./derived-changes.ts";
import type { Printer } from "./printer.ts";
import { redeparse } from "./redeparse.ts";

/** An actual schema whose texts can be compared with the expected ones. */
export interface Comparable {
  readonly actual: Schema;
  /** Changes that only follow from a column's change. */
  readonly derived: readonly DerivedChange[];
}

/**
 * Makes two schemas of any PostgreSQL versions comparable: see {@link redeparse} and {@link findDerivedChanges}.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function comparable(expected: Schema, actual: Schema, printer: Printer): Promise<Comparable> {
  const printed = await redeparse(expected, actual, printer);
  return { actual: printed, derived: await findDerivedChanges(expected, printed, printer) };
}
