import { sqlName } from "../repair/names.ts";
import { fillTables } from "../shadow/sample-rows.ts";
import type { Shadow } from "../shadow/shadow.ts";

/** Rows that were generated for tables without any. */
export interface GeneratedRows {
  /** Removes them. @returns false if there are none left */
  remove(): Promise<boolean>;
  /** The tables that stay empty, as no row that was tried is accepted. */
  readonly empty: readonly string[];
}

/** Fills the empty tables of a shadow with a row each, as far as their constraints accept one. */
export async function generateRows(shadow: Shadow): Promise<GeneratedRows> {
  const [{ count } = { count: 0 }] = await shadow.run<{ count: number }>(
    "SELECT pg_catalog.count(*)::int4 AS count FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384 AND relnamespace <> 'information_schema'::pg_catalog.regnamespace",
  );
  if (count === 0) return { remove: async () => false, empty: [] };
  const schema = await shadow.readSchema();
  const tables = [...schema.objects.values()].filter(({ kind }) => kind === "table");
  const had = await tablesWithRows(
    shadow,
    tables.map(({ name }) => name),
  );
  const empty = await fillTables(shadow, schema, tables, "plain");
  const still = new Set(empty);
  let filled = tables.flatMap(({ name, attributes }) =>
    had.has(name) || still.has(name) || attributes["partitionOf"] !== undefined ? [] : [name],
  );
  return {
    empty,
    remove: async () => {
      if (filled.length === 0) return false;
      const names = filled.map((name) => sqlName(name)).join(", ");
      filled = [];
      await shadow.run(
        `SET session_replication_role = replica; TRUNCATE ${names}; RESET session_replication_role`,
      );
      return true;
    },
  };
}

async function tablesWithRows(shadow: Shadow, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const name of names) {
    const rows = await shadow.run(`SELECT FROM ${sqlName(name)} LIMIT 1`);
    if (rows.length > 0) found.add(name);
  }
  return found;
}
