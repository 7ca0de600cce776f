import { isSocketDirectory } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase } from "../migrations/open.ts";
import { countRows, type LiveTable, readLiveTables } from "./live-tables.ts";
import { type Recorded, readRecord, recordedRows } from "./record.ts";

/** What `--append` and `--reset` say of rows that are there already. */
export type Mode = "new" | "append" | "reset";

/** Whether an address leads to this machine. */
function isLocalHost(host: string): boolean {
  return (
    host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host) || isSocketDirectory(host)
  );
}

/** Refuses servers that are not on this machine: made-up rows do not belong where others work. @throws SocratesError `not-local` */
export function checkLocal(inputs: readonly DatabaseInput[], allowRemote: boolean): void {
  for (const { key, target } of inputs) {
    if (allowRemote || target.kind === "embedded") continue;
    const remote = target.hosts.find(({ host, address }) => !isLocalHost(address ?? host));
    if (remote !== undefined)
      throw new SocratesError("not-local", `${key} is on ${remote.host}, which is not this machine`, {
        hint: "Check the connection string; add --allow-remote if that server is meant to be filled with made-up data.",
      });
  }
}

/** @throws SocratesError `ledger-missing` for databases that were never migrated */
export function checkPresent(inputs: readonly DatabaseInput[]): void {
  const absent = inputs.find(isAbsent);
  if (absent !== undefined) throw unmigrated(`the embedded database ${absent.key} does not exist yet`);
}

function unmigrated(message: string): SocratesError {
  return new SocratesError("ledger-missing", message, { hint: "Make the tables first: socrates-db migrate" });
}

/** @throws SocratesError `ledger-missing` */
export function checkMigrated(open: readonly OpenDatabase[]): void {
  for (const { session, ledger } of open)
    if (ledger.rows.length === 0) throw unmigrated(`${session.label} has no migration applied`);
}

/** A database with what it holds. */
export interface Surveyed {
  readonly tables: readonly LiveTable[];
  readonly record: readonly Recorded[];
  readonly isEmpty: boolean;
  /** Rows by table, of all tables that hold any; counted only where something was seeded before. */
  readonly counts: ReadonlyMap<string, number>;
}

function foreignRows(label: string, table: string, count: number | undefined): SocratesError {
  const rows = count === undefined ? "rows" : `${count} ${count === 1 ? "row" : "rows"}`;
  return new SocratesError("rows-found", `${label}: ${table} holds ${rows} that seed did not make`, {
    hint: "Remove them, or begin anew: socrates-db rollback --to 0 --allow-data-loss, then migrate and seed.",
  });
}

/**
 * Looks at what a database holds, and refuses rows that were not made by seed: more rows in a table than are recorded.
 * @throws SocratesError `rows-found`
 */
export async function survey({ session }: OpenDatabase, mode: Mode): Promise<Surveyed> {
  const tables = await readLiveTables(session);
  const filled = tables.filter(({ hasRows }) => hasRows).map(({ name }) => name);
  const [first] = filled;
  if (first === undefined) return { tables, record: [], isEmpty: true, counts: new Map() };
  const record = await readRecord(session);
  if (record.length === 0) throw foreignRows(session.label, first, undefined);
  const counts = await countRows(session, filled);
  const recorded = recordedRows(record);
  for (const [table, count] of counts) {
    const foreign = count - (recorded.get(table) ?? 0);
    if (foreign > 0) throw foreignRows(session.label, table, foreign);
  }
  if (mode === "new")
    throw new SocratesError("rows-found", `${session.label} was seeded before and still holds these rows`, {
      hint: "Add --append for further users, or --reset to remove the rows and begin anew.",
    });
  return { tables, record, isEmpty: false, counts };
}
