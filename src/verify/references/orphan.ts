import type { Orphan, Reference } from "./reference.ts";
import type { SampleRow } from "./sql.ts";

/** A row of a sample in a report. */
export function orphanOf({ primaryKey }: Reference, { value, row }: SampleRow): Orphan {
  return { value, row: Object.fromEntries(primaryKey.map((column, i) => [column, row[i] ?? ""])) };
}
