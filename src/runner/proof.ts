import type { Session } from "../database/session.ts";
import { identifier, literal } from "../sql/quote.ts";
import { type ConcurrentIndex, concurrentIndex, type Statement } from "../sql/statements.ts";

/** What the catalog proves about an unrecorded statement outside a transaction. */
export type Proof = "done" | "undone" | "unknown";

async function holds(session: Session, condition: string): Promise<boolean> {
  const [row] = await session.read<{ holds: boolean | null }>(`SELECT ${condition} AS holds`);
  return row?.holds === true;
}

/** A name of one or two parts at a word, as SQL; an unqualified name means the schema `public`. */
function nameAt({ words, names }: Statement, at: number): string {
  const parts = words[at + 1] === "." ? [names[at], names[at + 2]] : ["public", names[at]];
  return parts.map((part) => identifier(part ?? "")).join(".");
}

/** The position after the words `expected`; undefined if they are others; `IF EXISTS` and `ONLY` are skipped. */
function after({ words }: Statement, expected: readonly string[], from = 0): number | undefined {
  if (!expected.every((word, i) => words[from + i] === word)) return undefined;
  let at = from + expected.length;
  if (words[at] === "IF" && words[at + 1] === "EXISTS") at += 2;
  return words[at] === "ONLY" ? at + 1 : at;
}

/** SQL condition: a table has an index of a name, and it is complete. */
function isValid({ schema, table, name }: ConcurrentIndex): string {
  return `EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE i.indisvalid AND i.indisready
AND n.nspname = ${literal(schema)} AND t.relname = ${literal(table)} AND c.relname = ${literal(name ?? "")})`;
}

/**
 * A CREATE INDEX without a name has not begun if the table has no index younger than the start; an older one may be
 * another user's.
 */
async function proofOfUnnamed(
  session: Session,
  { schema, table }: ConcurrentIndex,
  number: number,
): Promise<Proof> {
  const younger = `EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = ${literal(schema)} AND t.relname = ${literal(table)}
AND age(c.xmin) < (SELECT age(xmin) FROM socrates_db.history WHERE number = ${number} AND action = 'start' ORDER BY id DESC LIMIT 1))`;
  return (await holds(session, younger)) ? "unknown" : "undone";
}

/**
 * DETACH PARTITION CONCURRENTLY has two transactions; between them it can only be finished (manual, "ALTER TABLE").
 */
async function proofOfDetach(session: Session, parent: string, child: string): Promise<Proof> {
  const link = `FROM pg_inherits WHERE inhparent = to_regclass(${literal(parent)}) AND inhrelid = to_regclass(${literal(child)})`;
  if (await holds(session, `EXISTS (SELECT ${link} AND inhdetachpending)`))
    await session.run(`ALTER TABLE ${parent} DETACH PARTITION ${child} FINALIZE`);
  return (await holds(session, `EXISTS (SELECT ${link})`)) ? "undone" : "done";
}

async function proofOfLabel(session: Session, statement: Statement, type: string): Promise<Proof> {
  const label = /\bVALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')/i.exec(statement.text)?.[1];
  if (label === undefined) return "unknown";
  const found = `EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype(${literal(type)}) AND enumlabel = ${label})`;
  return (await holds(session, found)) ? "done" : "undone";
}

/** Commands that can be repeated without harm. */
const repeatable = new Set(["VACUUM", "ANALYZE", "REINDEX", "CHECKPOINT"]);

/**
 * What the catalog shows about a statement outside a transaction: a complete or dropped index, an enum value, a
 * detached partition, a database. About CALL and DO it shows nothing. A half-done DETACH is finished, as it can be
 * neither repeated nor reverted.
 * @param number of the migration
 */
export async function proofOf(session: Session, statement: Statement, number: number): Promise<Proof> {
  const built = concurrentIndex(statement);
  if (built !== undefined) {
    if (built.name === undefined) return proofOfUnnamed(session, built, number);
    return (await holds(session, isValid(built))) ? "done" : "undone";
  }
  const [first = ""] = statement.words;
  if (repeatable.has(first)) return "undone";
  const dropped = after(statement, ["DROP", "INDEX", "CONCURRENTLY"]);
  if (dropped !== undefined && !statement.words.includes(","))
    return (await holds(session, `to_regclass(${literal(nameAt(statement, dropped))}) IS NULL`))
      ? "done"
      : "undone";
  const type = after(statement, ["ALTER", "TYPE"]);
  if (type !== undefined && statement.words.includes("ADD"))
    return proofOfLabel(session, statement, nameAt(statement, type));
  const parent = after(statement, ["ALTER", "TABLE"]);
  const detach = statement.words.indexOf("DETACH");
  const child = detach < 0 ? undefined : after(statement, ["DETACH", "PARTITION"], detach);
  if (parent !== undefined && child !== undefined && statement.words.includes("CONCURRENTLY"))
    return proofOfDetach(session, nameAt(statement, parent), nameAt(statement, child));
  for (const [command, exists] of [
    ["CREATE", true],
    ["DROP", false],
  ] as const) {
    const database = after(statement, [command, "DATABASE"]);
    if (database === undefined) continue;
    const found = `EXISTS (SELECT FROM pg_database WHERE datname = ${literal(statement.names[database] ?? "")})`;
    return (await holds(session, found)) === exists ? "done" : "undone";
  }
  return "unknown";
}

/**
 * Whether a statement can commit a part before it fails (manual, section 43.8): an error does not mean that it had no
 * effect.
 */
export function commitsInside({ words: [first = ""] }: Statement): boolean {
  return first === "CALL" || first === "DO";
}
