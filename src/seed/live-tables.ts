import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { identifier, literal } from "../sql/quote.ts";
import { type Encoder, encoders } from "./binary-fields.ts";
import type { RowContext, SeededTable } from "./tables/table.ts";

/** A table of the application as it exists in a database. */
export interface LiveTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Names of their types in pg_type. */
  readonly types: readonly string[];
  /** The type modifiers, as in pg_attribute; -1 for none. */
  readonly modifiers: readonly number[];
  readonly hasRows: boolean;
}

const tablesQuery = `SELECT c.relname AS name, array_to_json(array_agg(a.attname ORDER BY a.attnum)) AS columns,
  array_to_json(array_agg(t.typname ORDER BY a.attnum)) AS types, array_to_json(array_agg(a.atttypmod ORDER BY a.attnum)) AS modifiers
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.relname ORDER BY c.relname COLLATE "C"`;

/** A table of the application, as SQL. */
export function tableName(name: string): string {
  return `public.${identifier(name)}`;
}

/** Reads which tables exist, and which of them hold rows. */
export async function readLiveTables(session: Session): Promise<readonly LiveTable[]> {
  const tables = await session.read<Omit<LiveTable, "hasRows">>(tablesQuery);
  if (tables.length === 0) return [];
  const filled = await session.read<{ name: string; filled: boolean }>(
    tables
      .map(({ name }) => `SELECT ${literal(name)} AS name, EXISTS (SELECT FROM ${tableName(name)}) AS filled`)
      .join(" UNION ALL "),
  );
  const withRows = new Set(filled.filter((row) => row.filled).map(({ name }) => name));
  return tables.map((table) => ({ ...table, hasRows: withRows.has(table.name) }));
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

/** A table to fill, with its current state. */
export interface Target {
  readonly table: SeededTable;
  /** In the order of a row's values. */
  readonly columns: readonly string[];
  /** The writers of these columns. */
  readonly encoders: readonly Encoder[];
  readonly later: RowContext["later"];
}

function unknownTable(session: Session, table: SeededTable, difference: string): SocratesError {
  return new SocratesError(
    "table-unknown",
    `${session.label}: the table ${table.name} is not the one that seed expects: ${difference}`,
    {
      hint: "seed fills only the tables of this package's own migrations.",
    },
  );
}

/**
 * The target for a table.
 * @throws SocratesError `table-unknown` for a different table of the same name
 */
export function targetOf(session: Session, table: SeededTable, live: LiveTable): Target {
  const later = (table.laterColumns ?? []).filter((column) => live.columns.includes(column));
  const columns = [...table.columns, ...later];
  const fieldEncoders = columns.map((column) => {
    const place = live.columns.indexOf(column);
    const [type, modifier] = [live.types[place], live.modifiers[place]];
    if (type === undefined || modifier === undefined)
      throw unknownTable(session, table, `it has no column ${column}`);
    const encoder = encoders[type]?.(modifier);
    if (encoder === undefined)
      throw unknownTable(session, table, `its column ${column} has the type ${type}`);
    return encoder;
  });
  return { table, columns, encoders: fieldEncoders, later };
}
