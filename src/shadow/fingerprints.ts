import type { Session } from "../database/session.ts";
import { literal } from "../sql/quote.ts";
import { batches } from "./batches.ts";

/** The rows of a table, in any order, as they look in some columns. */
function fingerprintOf(table: string, columns: readonly string[]): string {
  const list = columns.map((column) => `coalesce(${column}::text, '(null)')`).join(", ");
  return `SELECT ${literal(table)} AS name, count(*) || ':' || md5(coalesce(string_agg(r, ';' ORDER BY r COLLATE "C"), '')) AS print FROM (SELECT concat_ws('|', ${list === "" ? "''" : list}) AS r FROM ${table}) t`;
}

/** The rows of tables as they look in the given columns: one text for each table. */
export async function fingerprints(
  session: Pick<Session, "run">,
  columnsByTable: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const part of batches([...columnsByTable])) {
    const queries = part.map(([table, columns]) => fingerprintOf(table, columns));
    const rows = await session.run<{ name: string; print: string }>(queries.join(" UNION ALL "));
    for (const { name, print } of rows) found.set(name, print);
  }
  return found;
}
