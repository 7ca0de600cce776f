import { sqlName, textOf } from "../repair/names.ts";
import { emptyAmong, fillTables } from "../shadow/sample-rows.ts";
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
  const roots = [...schema.objects.values()].filter(
    (table) =>
      table.kind === "table" &&
      textOf(table, "partitionOf") === undefined &&
      textOf(table, "type") !== "foreign table",
  );
  const before = await emptyAmong(shadow, roots);
  const empty = await fillTables(shadow, schema, roots, "plain");
  let filled = [...before].filter((name) => !empty.includes(name));
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
