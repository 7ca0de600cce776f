import { isSocketDirectory } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase } from "../project/open.ts";
import { foreignRows, type OutsideReference, outsideReferences } from "./foreign-rows.ts";
import { countRows, type LiveTable, readLiveTables } from "./live-tables.ts";
import { type Recorded, readRecord } from "./record.ts";
import { seededTables } from "./tables/index.ts";
import type { SeededTable } from "./tables/table.ts";

/** What `--append` and `--reset` do with existing rows. */
export type Mode = "new" | "append" | "reset";

/** Whether an address is on this machine. */
function isLocalHost(host: string): boolean {
  return (
    host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host) || isSocketDirectory(host)
  );
}

/** Refuses remote servers: sample data does not belong where others work. @throws SocratesError `not-local` */
export function checkLocal(inputs: readonly DatabaseInput[], allowRemote: boolean): void {
  for (const { key, target } of inputs) {
    if (allowRemote || target.kind === "embedded") continue;
    const remote = target.hosts.find(({ host, address }) => !isLocalHost(address ?? host));
    if (remote !== undefined)
      throw new SocratesError("not-local", `${key} is on ${remote.host}, which is not this machine`, {
        hint: "Check the connection string, or add --allow-remote to fill that server with sample data.",
      });
  }
}

/** @throws SocratesError `ledger-missing` for databases that were never migrated */
export function checkPresent(inputs: readonly DatabaseInput[]): void {
  const absent = inputs.find(isAbsent);
  if (absent !== undefined) throw unmigrated(`the embedded database ${absent.key} does not exist yet`);
}

function unmigrated(message: string): SocratesError {
  return new SocratesError("ledger-missing", message, {
    hint: "Create the tables first: socrates-db migrate",
  });
}

/** @throws SocratesError `ledger-missing` */
export function checkMigrated(open: readonly OpenDatabase[]): void {
  for (const { session, ledger } of open)
    if (ledger.rows.length === 0) throw unmigrated(`${session.label} has no applied migrations`);
}

/** A database with its contents. */
export interface Surveyed {
  /** All tables in `public`, including those of other tools. */
  readonly tables: readonly LiveTable[];
  readonly record: readonly Recorded[];
  /** Whether the tables that seed fills are empty. */
  readonly isEmpty: boolean;
  /** Rows by table, for non-empty tables that seed fills; counted only after an earlier seed. */
  readonly counts: ReadonlyMap<string, number>;
  /** Tables of other tools that refer to these. */
  readonly outside: readonly OutsideReference[];
}

const known: ReadonlyMap<string, SeededTable> = new Map(seededTables.map((table) => [table.name, table]));

function rowsFound(label: string, table: string, count: number | undefined): SocratesError {
  const rows = count === undefined ? "rows" : `${count} ${count === 1 ? "row" : "rows"}`;
  return new SocratesError("rows-found", `${label}: ${table} holds ${rows} that seed did not create`, {
    hint: "Remove them, or start over: socrates-db rollback --to 0 --allow-data-loss, then migrate and seed.",
  });
}

/**
 * Checks the contents of a database, and refuses rows that seed did not create in the tables that it fills. Tables of
 * other tools do not matter, unless they refer to rows that would be deleted.
 * @throws SocratesError `rows-found`
 */
export async function survey(
  { session }: OpenDatabase,
  mode: Mode,
  checkSignal: () => void,
): Promise<Surveyed> {
  const tables = await readLiveTables(session);
  const own = tables.filter(({ name }) => known.has(name));
  const outside = await outsideReferences(
    session,
    own.map(({ name }) => name),
  );
  const filled = own.filter(({ hasRows }) => hasRows).map(({ name }) => name);
  const [first] = filled;
  if (first === undefined) return { tables, record: [], isEmpty: true, counts: new Map(), outside };
  const record = await readRecord(session);
  if (record.length === 0) throw rowsFound(session.label, first, undefined);
  const counts = await countRows(session, filled);
  for (const [name, count] of counts) {
    const table = known.get(name);
    const foreign = table === undefined ? 0 : await foreignRows(session, table, record, count, checkSignal);
    if (foreign > 0) throw rowsFound(session.label, name, foreign);
  }
  if (mode === "new")
    throw new SocratesError("rows-found", `${session.label} was seeded before and still holds these rows`, {
      hint: "Add --append for more users, or --reset to delete the rows and start over.",
    });
  const referring = outside.find(({ hasRows }) => hasRows);
  if (mode === "reset" && referring !== undefined)
    throw new SocratesError(
      "rows-found",
      `${session.label}: ${referring.table} holds rows that may refer to seeded rows`,
      { hint: "Remove them first, or add users with --append." },
    );
  return { tables, record, isEmpty: false, counts, outside };
}
