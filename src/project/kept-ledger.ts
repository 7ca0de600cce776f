import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAtRest, keptLedgerFile } from "../database/embedded/directory.ts";
import type { Ledger, LedgerRow } from "../ledger/ledger.ts";
import { version } from "../version.ts";
import type { DatabaseInput } from "./open.ts";

/**
 * The ledger of an embedded database as it was shut down, next to its data. PostgreSQL writes `pg_control` at each start
 * and shutdown (manual, section 66.1 "Database File Layout"): while that file is the same, so is the database, and its
 * ledger is known without starting it.
 */
interface KeptLedger {
  readonly toolVersion: string;
  readonly name: string;
  /** SHA-256 of `pg_control`. */
  readonly control: string;
  readonly ledger: Omit<Ledger, "rows"> & {
    readonly rows: readonly (Omit<LedgerRow, "appliedAt"> & { readonly appliedAt: string })[];
  };
}

function controlOf(directory: string): string {
  return createHash("sha256")
    .update(readFileSync(join(directory, "global/pg_control")))
    .digest("hex");
}

function isKept(value: unknown): value is KeptLedger {
  return (
    typeof value === "object" &&
    value !== null &&
    "toolVersion" in value &&
    value.toolVersion === version &&
    "control" in value &&
    "ledger" in value
  );
}

function folderOf({ target }: Pick<DatabaseInput, "target">): string | undefined {
  return target.kind === "embedded" && target.connect === undefined
    ? (target.directory ?? undefined)
    : undefined;
}

/**
 * The ledger of an embedded database that nothing uses, and has started since it was kept; undefined for any other. Takes
 * no lock: a running database has another `pg_control`.
 */
export function keptLedger(input: Pick<DatabaseInput, "key" | "name" | "target">): Ledger | undefined {
  const directory = folderOf(input);
  if (directory === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(readFileSync(join(directory, keptLedgerFile), "utf8"));
    if (!isKept(kept) || kept.name !== input.name || !isAtRest(directory)) return undefined;
    if (kept.control !== controlOf(directory)) return undefined;
    if (kept.ledger.chain !== input.key) return undefined;
    const rows = kept.ledger.rows.map((row) => ({ ...row, appliedAt: new Date(row.appliedAt) }));
    return { ...kept.ledger, rows };
  } catch {
    // Whatever it is, the database itself has its ledger.
    return undefined;
  }
}

/** Keeps the ledger of an embedded database that was just shut down. Never throws: without it, the next run takes longer. */
export function keepLedger(input: Pick<DatabaseInput, "name" | "target">, ledger: Ledger): void {
  const directory = folderOf(input);
  if (directory === undefined) return;
  try {
    const kept: object = { toolVersion: version, name: input.name, control: controlOf(directory), ledger };
    writeFileSync(join(directory, keptLedgerFile), JSON.stringify(kept), { mode: 0o600 });
  } catch {
    // An older file, or a part of one, does not match.
  }
}
