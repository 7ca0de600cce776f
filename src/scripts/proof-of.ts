import type { RepairOptions } from "../repair/kept.ts";
import type { Schema } from "../schema/model.ts";
import { type ShadowPlace, withShadow } from "../shadow/open.ts";
import type { Printer } from "../shadow/printer.ts";
import { type Proof, proveRepair } from "../shadow/repair-proof.ts";
import { areEqual } from "./equal.ts";

/** Where repairs are proven. */
export interface ProofTools {
  readonly place: ShadowPlace;
  readonly printer: Printer;
}

/** Proves a repair in two new shadows; undefined if both schemas are equal. */
export async function proofOf(
  repaired: Schema,
  wanted: Schema,
  options: RepairOptions,
  { place, printer }: ProofTools,
): Promise<Proof | undefined> {
  if (await areEqual(wanted, repaired, printer)) return undefined;
  return withShadow(place, (from) =>
    withShadow(place, (to) => proveRepair(repaired, wanted, options, { from, to, printer })),
  );
}
