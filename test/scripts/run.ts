import { splitStatements } from "../../src/sql/statements.ts";
import type { Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** Runs a script as psql does: statement by statement, and up to the first error, which it returns. */
export async function runScript(place: Place, key: string, script: string): Promise<string | undefined> {
  const text = script.replace(/^\\set ON_ERROR_STOP on$/m, "");
  const session = await connectTo(place, key);
  try {
    for (const { text: sql } of splitStatements(text)) await session.run(sql);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await session.close();
  }
}
