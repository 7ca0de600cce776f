import { identifier, literal } from "../database/quote.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { RowContext, SeededTable } from "./tables/table.ts";

/** A table of the application as it stands in a database. */
export interface LiveTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly hasRows: boolean;
}

const tablesQuery = `SELECT c.relname AS name, array_to_json(array_agg(a.attname ORDER BY a.attnum)) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.relname ORDER BY c.relname COLLATE "C"`;

/** A table of the application, in SQL. */
export function tableName(name: string): string {
  return `public.${identifier(name)}`;
}

/** Reads which tables there are, and which of them hold rows. */
export async function readLiveTables(session: Session): Promise<readonly LiveTable[]> {
  const tables = await session.read<{ name: string; columns: string[] }>(tablesQuery);
  if (tables.length === 0) return [];
  const filled = await session.read<{ name: string; filled: boolean }>(
    tables
      .map(({ name }) => `SELECT ${literal(name)} AS name, EXISTS (SELECT FROM ${tableName(name)}) AS filled`)
      .join(" UNION ALL "),
  );
  const withRows = new Set(filled.filter((row) => row.filled).map(({ name }) => name));
  return tables.map(({ name, columns }) => ({ name, columns, hasRows: withRows.has(name) }));
}

/** Counts the rows of tables. */
export async function countRows(
  session: Session,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const rows = await session.run<{ name: string; count: string }>(
    tables
      .map((name) => `SELECT ${literal(name)} AS name, count(*) AS count FROM ${tableName(name)}`)
      .join(" UNION ALL "),
  );
  return new Map(rows.map(({ name, count }) => [name, Number(count)]));
}

/** A table that will be filled: what is known of it, and what is there. */
export interface Target {
  readonly table: SeededTable;
  /** In the order of the fields of a row. */
  readonly columns: readonly string[];
  readonly later: RowContext["later"];
}

/**
 * The target for a table.
 * @throws SocratesError `table-unknown` for a table of the same name that is another one
 */
export function targetOf(session: Session, table: SeededTable, live: LiveTable): Target {
  const missing = table.columns.find((column) => !live.columns.includes(column));
  if (missing !== undefined)
    throw new SocratesError(
      "table-unknown",
      `${session.label}: the table ${table.name} is not the one that seed knows: it has no column ${missing}`,
      {
        hint: "seed makes data for the tables of this package; fill those of other migrations by other means.",
      },
    );
  const later = (table.laterColumns ?? []).filter((column) => live.columns.includes(column));
  return { table, columns: [...table.columns, ...later], later };
}
