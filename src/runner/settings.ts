import type { LockHolder, LockOptions } from "../ledger/advisory-lock.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";

/** What happens during a run, for whoever shows progress. Numbers count from 1. */
export type RunEvent =
  | { readonly kind: "waiting"; readonly database: string; readonly holder: LockHolder | undefined }
  | { readonly kind: "phase"; readonly phase: number; readonly direction: Direction }
  | { readonly kind: "start"; readonly file: MigrationFile; readonly direction: Direction }
  | {
      readonly kind: "retry";
      readonly file: MigrationFile;
      readonly attempt: number;
      readonly attempts: number;
      readonly reason: string;
    }
  /** What became of a statement outside transactions that an earlier run has started. */
  | {
      readonly kind: "settled";
      readonly file: MigrationFile;
      readonly direction: Direction;
      readonly outcome: "done" | "undone";
    }
  /** Something that the run does, and that its user should know about. */
  | { readonly kind: "warning"; readonly file: MigrationFile; readonly message: string }
  /** What the server said while a migration ran: `severity` is NOTICE, WARNING or INFO. */
  | {
      readonly kind: "notice";
      readonly file: MigrationFile;
      /** The file that was run, as it is shown to people. */
      readonly path: string;
      readonly severity: string;
      readonly message: string;
    }
  | { readonly kind: "skip"; readonly file: MigrationFile; readonly reason: string }
  | {
      readonly kind: "done";
      readonly file: MigrationFile;
      readonly direction: Direction;
      readonly durationMs: number;
    }
  /** A setting that the user gave and that migrations do not start with. */
  | { readonly kind: "search-path"; readonly database: string; readonly searchPath: string }
  | { readonly kind: "failed"; readonly database: string; readonly error: unknown };

/** How a run behaves; all times in milliseconds. */
export interface RunSettings {
  /** Longest wait for a lock inside a migration, before it is rolled back and tried again. 0 waits for ever. */
  readonly lockTimeout: number;
  /** Longest wait for another runner. */
  readonly lockWait: number;
  /** Longest run of one statement, 0 for no limit. */
  readonly statementTimeout: number;
  /** How often a migration that ran into a lock is tried again. */
  readonly retries: number;
  /** Written to the ledger with each migration. */
  readonly toolVersion: string;
  readonly signal: AbortSignal;
  readonly report: (event: RunEvent) => void;
}

/** How a run waits for another one on a database. */
export function waitFor(database: string, { lockWait, signal, report }: RunSettings): LockOptions {
  return { wait: lockWait, signal, onWait: (holder) => report({ kind: "waiting", database, holder }) };
}
