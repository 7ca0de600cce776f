import type { Session } from "../database/session.ts";
import type { Target } from "../database/target.ts";
import { connect } from "../project/connect.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { Note, Tool, ToolMigration } from "./model.ts";

/** What the old tool's ledger says. */
export interface LedgerReading {
  /** The ledger's table with its schema, for the config's `ignore`. */
  readonly tables: readonly string[];
  readonly warnings: readonly Note[];
}

/** The schemas that have a table of this name. */
async function schemasWith(session: Session, table: string): Promise<string[]> {
  const rows = await session.read<{ readonly schema: string }>(`
    SELECT n.nspname AS schema FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ${literal(table)} AND c.relkind IN ('r', 'p') ORDER BY n.nspname`);
  return rows.map(({ schema }) => schema);
}

/** Differences between the files and the ledger. */
function differences(
  rows: readonly string[],
  migrations: readonly ToolMigration[],
  tool: Tool,
  table: string,
): Note[] {
  const applied = new Set(tool.ledger.appliedBy?.(rows, migrations) ?? rows);
  const known = new Set(migrations.map(({ version }) => version));
  const unknown =
    tool.ledger.appliedBy === undefined ? rows.filter((row) => !known.has(row) && row !== "0") : [];
  return [
    ...migrations
      .filter(({ version }) => !applied.has(version))
      .map(({ from }) => ({ from, reason: `was never applied: ${table} lacks it` })),
    ...unknown.map((row) => ({ from: table, reason: `has ${row} as applied, but its file is missing` })),
  ];
}

/**
 * Compares a tool's files with its ledger in a database.
 * @throws SocratesError `connection-failed` and the like
 */
export async function readToolLedger(
  key: string,
  target: Target,
  tool: Tool,
  migrations: readonly ToolMigration[],
): Promise<LedgerReading> {
  const { session } = await connect({ key, name: key, target }, "init");
  try {
    const { table, query } = tool.ledger;
    const schemas = await schemasWith(session, table);
    const warnings: Note[] = [];
    if (schemas.length === 0)
      warnings.push({ from: table, reason: `${session.label} has no table of this name` });
    for (const schema of schemas) {
      const rows = await session.read<{ readonly version: string }>(
        query(`${identifier(schema)}.${identifier(table)}`),
      );
      const versions = rows.map(({ version }) => version);
      warnings.push(...differences(versions, migrations, tool, `${schema}.${table}`));
    }
    return { tables: schemas.map((schema) => `${schema}.${table}`), warnings };
  } finally {
    await session.close();
  }
}
