import type { Session } from "../database/session.ts";

/** The rows of tables as they look in the given columns: one text for each table. */
export async function fingerprints(
  session: Session,
  columnsByTable: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [table, columns] of columnsByTable) {
    const list = columns.map((column) => `coalesce(${column}::text, '(null)')`).join(", ");
    const [row] = await session.run<{ print: string }>(
      `SELECT count(*) || ':' || md5(coalesce(string_agg(r, ';' ORDER BY r COLLATE "C"), '')) AS print FROM (SELECT concat_ws('|', ${list === "" ? "''" : list}) AS r FROM ${table}) t`,
    );
    found.set(table, row?.print ?? "");
  }
  return found;
}
