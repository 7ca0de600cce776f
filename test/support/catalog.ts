import type { Place } from "./place.ts";

const everything = `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1`;

/** The names of all tables, indexes and sequences of both databases, except PostgreSQL's own. */
export async function catalogOf(place: Place): Promise<Record<string, readonly string[]>> {
  const lists: Record<string, readonly string[]> = {};
  for (const key of Object.keys(place.targets))
    lists[key] = (await place.query<{ name: string }>(key, everything)).map(({ name }) => name);
  return lists;
}
