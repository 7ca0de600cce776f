import { changedAttributes } from "../repair/fates.ts";
import { alignSchemas } from "../schema/align.ts";
import type { Schema } from "../schema/model.ts";
import { comparable } from "../shadow/comparable.ts";
import type { Printer } from "../shadow/printer.ts";

/** Whether two schemas have equal objects, so that no script is needed. Nothing is suppressed. */
export async function areEqual(wanted: Schema, is: Schema, printer: Printer): Promise<boolean> {
  const { expected, actual } = await comparable(wanted, is, printer);
  const { missing, unexpected, pairs } = alignSchemas(expected, actual);
  return (
    missing.length === 0 &&
    unexpected.length === 0 &&
    pairs.every(([one, other]) => changedAttributes(one, other).length === 0)
  );
}
