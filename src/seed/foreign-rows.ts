import { createHash } from "node:crypto";
import type { Session } from "../database/session.ts";
import { literal } from "../sql/quote.ts";
import { tableName } from "./live-tables.ts";
import type { Run } from "./population.ts";
import type { SeededTable } from "./tables/table.ts";

/** Rows per lookup query. */
const chunkSize = 20_000;

/** How a row is recognised: by its id, which follows from the seed, or by other columns. */
interface Identity {
  readonly sql: string;
  readonly type: "uuid" | "text";
  /** SQL for the first 60 bits of a UUID, or of a text's hash, as 15 hexadecimal digits. */
  readonly digitsSql: string;
  /** The same for a generated identity. */
  readonly digits: (text: string) => string;
}

const uuid: Identity = {
  sql: "id",
  type: "uuid",
  digitsSql: "left(replace(id::text, '-', ''), 15)",
  digits: (text) => text.replaceAll("-", "").slice(0, 15),
};

function identityOf({ identity }: SeededTable): Identity {
  if (identity === undefined) return uuid;
  return {
    sql: identity.sql,
    type: "text",
    digitsSql: `left(encode(sha256(convert_to(${identity.sql}, 'UTF8')), 'hex'), 15)`,
    digits: (text) => createHash("sha256").update(text).digest("hex").slice(0, 15),
  };
}

/**
 * Whether a table holds exactly the rows of some runs, by the sum of their identities: one scan of the rows, which
 * is much faster than looking each up. Two sets of rows have the same sum as rarely as two UUIDs are equal.
 */
async function holdsNothingElse(
  session: Session,
  table: SeededTable,
  runs: readonly Run[],
  count: number,
  checkSignal: () => void,
): Promise<boolean> {
  const { digitsSql, digits } = identityOf(table);
  let made = 0;
  let sum = 0n;
  for (const text of identities(table, runs)) {
    if (++made % chunkSize === 0) checkSignal();
    sum += BigInt(`0x${digits(text)}`);
  }
  if (made !== count) return false;
  const [row] = await session.run<{ sum: string }>(
    `SELECT COALESCE(sum(('x' || ${digitsSql})::bit(60)::bigint), 0)::text AS sum FROM ${tableName(table.name)}`,
  );
  return row?.sum === String(sum);
}

/** The identities of the rows of some runs. */
function* identities(table: SeededTable, runs: readonly Run[]): Generator<string> {
  for (const run of runs)
    for (const row of table.rows({ run, firstId: 1, later: [] }))
      yield table.identity === undefined ? String(row[0]) : table.identity.of(row);
}

function* inChunks(texts: Iterable<string>): Generator<readonly string[]> {
  let chunk: string[] = [];
  for (const text of texts) {
    chunk.push(text);
    if (chunk.length < chunkSize) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The number of rows in a table that seed did not create. The rows of the recorded runs are generated again and
 * looked up: a count alone would take user rows for seeded ones that were deleted.
 * @param count the table's number of rows
 * @param checkSignal throws if the run was interrupted
 */
export async function foreignRows(
  session: Session,
  table: SeededTable,
  runs: readonly Run[],
  count: number,
  checkSignal: () => void,
): Promise<number> {
  if (await holdsNothingElse(session, table, runs, count, checkSignal)) return 0;
  const { sql, type } = identityOf(table);
  let seeded = 0;
  for (const chunk of inChunks(identities(table, runs))) {
    checkSignal();
    const array = literal(JSON.stringify(chunk));
    const [row] = await session.run<{ count: string }>(
      `SELECT count(*) AS count FROM ${tableName(table.name)} WHERE ${sql} IN (SELECT value::${type} FROM json_array_elements_text(${array}) wanted (value))`,
    );
    seeded += Number(row?.count ?? 0);
  }
  return count - seeded;
}

/** A foreign key of an unknown table to one that seed empties. */
export interface OutsideReference {
  readonly table: string;
  readonly hasRows: boolean;
}

/**
 * The tables of other tools that refer to tables of ours; TRUNCATE refuses referenced tables (manual, "TRUNCATE").
 */
export async function outsideReferences(
  session: Session,
  ours: readonly string[],
): Promise<readonly OutsideReference[]> {
  const names = ours.map(literal).join(", ");
  const tables = await session.read<{ table: string; label: string }>(
    `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS "table", n.nspname || '.' || c.relname AS label
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.confrelid IN (SELECT t.oid FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
  WHERE s.nspname = 'public' AND t.relname IN (${names}))
AND NOT (n.nspname = 'public' AND c.relname IN (${names})) ORDER BY label`,
  );
  const found: OutsideReference[] = [];
  for (const { table, label } of tables) {
    const [row] = await session.run<{ filled: boolean }>(`SELECT EXISTS (SELECT FROM ${table}) AS filled`);
    found.push({ table: label, hasRows: row?.filled === true });
  }
  return found;
}
