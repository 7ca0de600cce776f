import type { DerivedChange } from "../schema/derived-change.ts";
import type { Schema } from "../schema/model.ts";
import { findDerivedChanges } from "./derived-changes.ts";
import type { Printer } from "./printer.ts";
import { redeparse } from "./redeparse.ts";

/** An actual schema that can be compared with the expected one word by word. */
export interface Comparable {
  readonly actual: Schema;
  /** What differs only by what the change of a column writes into it. */
  readonly derived: readonly DerivedChange[];
}

/**
 * Makes two schemas comparable, whatever versions have printed them: see {@link redeparse} and {@link findDerivedChanges}.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function comparable(expected: Schema, actual: Schema, printer: Printer): Promise<Comparable> {
  const printed = await redeparse(expected, actual, printer);
  return { actual: printed, derived: await findDerivedChanges(expected, printed, printer) };
}
