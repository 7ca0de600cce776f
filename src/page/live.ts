import { readSchema } from "../catalog/read.ts";
import { SocratesError } from "../errors.ts";
import { type DatabaseInput, isAbsent, withDatabases } from "../project/open.ts";
import type { Schema } from "../schema/model.ts";
import { reachedBy } from "../sources/of-live.ts";
import { labelOf } from "../trace/trace.ts";

/** A live database, or why it was not read. */
export type LiveDatabase =
  | { readonly label: string; readonly reached: number | undefined; readonly schema: Schema }
  | { readonly notRead: string };

/** Reads a database; the page also has one that cannot be read. */
export async function readLive(input: DatabaseInput, signal: AbortSignal): Promise<LiveDatabase> {
  if (isAbsent(input)) return { notRead: "the embedded database does not exist yet" };
  try {
    return await withDatabases(
      [input],
      "report",
      async ([open]) => {
        if (open === undefined) throw new Error(`${input.key} was not opened`);
        return {
          label: labelOf(open),
          reached: open.info.hasLedger ? reachedBy(open).complete : undefined,
          schema: await readSchema(open.session),
        };
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof SocratesError) || error.code === "interrupted") throw error;
    return { notRead: error.message };
  }
}
