import { SocratesError } from "../errors.ts";
import { type ChainFiles, formatNumber, type MigrationFile } from "./files.ts";
import type { Ledger, LedgerRow } from "./ledger.ts";

/** How a migration stands between the files and the ledger. */
export type MigrationState = "applied" | "pending" | "edited" | "renamed" | "missing" | "out-of-order";

/** One line of the comparison of a chain's files with its ledger. */
export interface MigrationStatus {
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly state: MigrationState;
  readonly file: MigrationFile | undefined;
  readonly row: LedgerRow | undefined;
}

function stateOf(file: MigrationFile | undefined, row: LedgerRow | undefined, head: number): MigrationState {
  if (row === undefined) return file !== undefined && file.number < head ? "out-of-order" : "pending";
  if (file === undefined) return "missing";
  if (file.checksum !== row.checksum) return "edited";
  return file.name === row.name && file.phase === row.phase ? "applied" : "renamed";
}

/** Compares the files of a chain with its ledger: every number that either knows, in order. */
export function compareChain(chain: ChainFiles, ledger: Ledger): MigrationStatus[] {
  const files = new Map(chain.migrations.map((file) => [file.number, file]));
  const rows = new Map(ledger.rows.map((row) => [row.number, row]));
  const head = Math.max(0, ...ledger.rows.slice(-1).map((row) => row.number));
  const numbers = [...new Set([...files.keys(), ...rows.keys()])].sort((a, b) => a - b);
  return numbers.map((number) => {
    const file = files.get(number);
    const row = rows.get(number);
    return {
      number,
      name: file?.name ?? row?.name ?? "",
      phase: file?.phase ?? row?.phase ?? 0,
      state: stateOf(file, row, head),
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
    hint: "Restore the file: a newer version of this project may have applied it.",
  },
  "out-of-order": {
    message: () => "stands before the last applied migration, but was never applied",
    hint: "Give the file the next free number, so that it runs after what is applied.",
  },
};

/** What is wrong between a chain and its ledger, in words. */
export interface ChainProblem {
  readonly status: MigrationStatus;
  readonly message: string;
  readonly hint: string;
}

/** The problems among `statuses`, none where the chain is sound. */
export function chainProblems(statuses: readonly MigrationStatus[]): ChainProblem[] {
  return statuses.flatMap((status) => {
    if (status.state === "applied" || status.state === "pending") return [];
    const { message, hint } = explanations[status.state];
    return [{ status, message: `${formatNumber(status.number)}_${status.name} ${message(status)}`, hint }];
  });
}

/** @throws SocratesError `chain-invalid`, naming the first problem and counting the others */
export function checkChain(label: string, statuses: readonly MigrationStatus[]): void {
  const [first, ...others] = chainProblems(statuses);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more: socrates-db status lists them)`;
  throw new SocratesError("chain-invalid", `${label}: ${first.message}${more}`, { hint: first.hint });
}
