import { databases } from "../../src/databases.ts";
import type { Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

export const keys = databases.map(({ key }) => key);

const listTables = `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C"`;

/** Names of the application's tables in a database. */
export async function tablesOf(place: Place, key: string): Promise<string[]> {
  return (await place.query<{ name: string }>(key, listTables)).map(({ name }) => name);
}

/** An expression over the rows of each table, in one session: opening an embedded database takes time. */
async function perTable(place: Place, key: string, expression: string): Promise<Record<string, unknown>> {
  const session = await connectTo(place, key);
  try {
    const tables = await session.run<{ name: string }>(listTables);
    const rows = await session.run<{ name: string; value: unknown }>(
      tables
        .map(({ name }) => `SELECT '${name}' AS name, ${expression} AS value FROM ${name} t`)
        .join(" UNION ALL "),
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  } finally {
    await session.close();
  }
}

/** MD5 of all rows of each table, as text. */
export function checksums(place: Place, key: string): Promise<Record<string, unknown>> {
  return perTable(place, key, `md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"))`);
}

/** Rows of each table. */
export function counts(place: Place, key: string): Promise<Record<string, unknown>> {
  return perTable(place, key, "count(*)::int");
}

/** Checks that all tables of all databases are empty. @returns tables that are not */
export async function tablesWithRows(place: Place): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => counts(place, key)));
  return found.flatMap((tables) => Object.keys(tables).filter((name) => tables[name] !== 0));
}
