import { SocratesError } from "../errors.ts";
import type { Ledger, LedgerRow } from "../ledger/ledger.ts";
import { formatNumber } from "../migration-number.ts";
import type { ChainFiles, MigrationFile } from "./files.ts";

/** The state of a migration between the files and the ledger. */
export type MigrationState =
  | "applied"
  | "pending"
  | "edited"
  | "renamed"
  | "missing"
  | "ahead"
  | "out-of-order"
  | "interrupted";

/** One line of the comparison of a chain's files with its ledger. */
export interface MigrationStatus {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly state: MigrationState;
  readonly file: MigrationFile | undefined;
  readonly row: LedgerRow | undefined;
}

/**
 * @param newest the last number that these files have; a newer version has applied those above it, and lower ones
 * have lost their files
 */
function stateOf(
  file: MigrationFile | undefined,
  row: LedgerRow | undefined,
  {
    head,
    newest,
    interrupted,
  }: { readonly head: number; readonly newest: number; readonly interrupted: boolean },
): MigrationState {
  if (interrupted && file !== undefined) return "interrupted";
  if (row === undefined) return file !== undefined && file.number < head ? "out-of-order" : "pending";
  if (file === undefined) return row.number > newest ? "ahead" : "missing";
  if (file.checksum !== row.checksum) return "edited";
  return file.name === row.name && file.phase === row.phase ? "applied" : "renamed";
}

/** Compares the files of a chain with its ledger: every number in either of them, in order. */
export function compareChain(chain: ChainFiles, ledger: Ledger): MigrationStatus[] {
  const files = new Map(chain.migrations.map((file) => [file.number, file]));
  const rows = new Map(ledger.rows.map((row) => [row.number, row]));
  const head = Math.max(0, ...ledger.rows.slice(-1).map((row) => row.number));
  const newest = chain.newest ?? Math.max(0, ...files.keys());
  const interrupted = new Set(ledger.interrupted);
  const numbers = [...new Set([...files.keys(), ...rows.keys()])].sort((a, b) => a - b);
  return numbers.map((number) => {
    const file = files.get(number);
    const row = rows.get(number);
    return {
      number,
      name: file?.name ?? row?.name ?? "",
      phase: file?.phase ?? row?.phase ?? 0,
      state: stateOf(file, row, { head, newest, interrupted: interrupted.has(number) }),
      file,
      row,
    };
  });
}

interface Explanation {
  readonly message: (status: MigrationStatus) => string;
  readonly hint: string;
}

const explanations: Record<Exclude<MigrationState, "applied" | "pending">, Explanation> = {
  edited: {
    message: () => "was edited after it was applied",
    hint: "Restore the file as it was applied, and put the change into a new migration (socrates-db create).",
  },
  renamed: {
    message: ({ row }) =>
      `was applied as ${formatNumber(row?.number ?? 0)}_${row?.name} of phase ${row?.phase}`,
    hint: "Give the file its old name and phase back.",
  },
  missing: {
    message: () => "was applied, but has no file",
    hint: "Restore the file from version control; never delete one that is applied.",
  },
  ahead: {
    message: () => "was applied by a newer version of this project",
    hint: "Update this checkout to the version that has its file.",
  },
  interrupted: {
    message: ({ row }) =>
      `was started ${row === undefined ? "" : "to be rolled back "}outside a transaction and did not finish`,
    hint: "Run socrates-db migrate: it settles what the catalog can prove, and asks about the rest.",
  },
  "out-of-order": {
    message: () => "is numbered below the last applied migration, but was never applied",
    hint: "Give the file the next free number, so that it runs after the applied ones.",
  },
};

/** States that a run handles by itself or accepts. */
const accepted: ReadonlySet<MigrationState> = new Set(["ahead", "interrupted"]);

/** Whether a statement of a chain was interrupted, which needs the locks to settle. */
export function isInterrupted({ statuses }: { readonly statuses: readonly MigrationStatus[] }): boolean {
  return statuses.some(({ state }) => state === "interrupted");
}

/** The problem between a chain and its ledger, as text. */
export interface ChainProblem {
  readonly status: MigrationStatus;
  readonly message: string;
  readonly hint: string;
}

/** The problems among `statuses`; empty if the chain is sound. */
export function chainProblems(statuses: readonly MigrationStatus[]): ChainProblem[] {
  return statuses.flatMap((status) => {
    if (status.state === "applied" || status.state === "pending") return [];
    const { message, hint } = explanations[status.state];
    return [{ status, message: `${formatNumber(status.number)}_${status.name} ${message(status)}`, hint }];
  });
}

/** The migrations that a newer version of the project has applied, by name. */
export function aheadOf(statuses: readonly MigrationStatus[]): string[] {
  return statuses
    .filter(({ state }) => state === "ahead")
    .map(({ number, name }) => `${formatNumber(number)}_${name}`);
}

/**
 * Refuses a database that is ahead, for commands that need its last migrations.
 * @param reason why they are needed, as the end of a sentence
 * @throws SocratesError `chain-invalid`
 */
export function refuseAhead(label: string, statuses: readonly MigrationStatus[], reason: string): void {
  const [first, ...others] = aheadOf(statuses);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new SocratesError(
    "chain-invalid",
    `${label} is ahead of these files: ${first}${more} was applied by a newer version of this project, ${reason}`,
    { hint: explanations.ahead.hint },
  );
}

/**
 * Refuses a chain that does not match its ledger. A database that is ahead is sound if nothing is pending.
 * @throws SocratesError `chain-invalid`, naming the first problem and counting the others
 */
export function checkChain(label: string, statuses: readonly MigrationStatus[]): void {
  const left = statuses.find(({ state }) => state === "out-of-order");
  if (left !== undefined)
    refuseAhead(label, statuses, `but ${formatNumber(left.number)}_${left.name} is not applied`);
  const [first, ...others] = chainProblems(statuses).filter(({ status }) => !accepted.has(status.state));
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more: socrates-db status lists them)`;
  throw new SocratesError("chain-invalid", `${label}: ${first.message}${more}`, { hint: first.hint });
}
