import type { LockHolder, LockOptions } from "../ledger/advisory-lock.ts";
import type { MigrationFile } from "../migrations/files.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { BuildProgress } from "./build-progress.ts";

/** The events of a run, for progress reports. Numbers count from 1. */
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
  /** How a statement outside transactions, started by an earlier run, was settled. */
  | {
      readonly kind: "settled";
      readonly file: MigrationFile;
      readonly direction: Direction;
      readonly outcome: "done" | "undone";
    }
  /** Something that the run does and its user should know. */
  | { readonly kind: "warning"; readonly file: MigrationFile; readonly message: string }
  /** A message of the server during a migration: `severity` is NOTICE, WARNING or INFO. */
  | {
      readonly kind: "notice";
      readonly file: MigrationFile;
      /** The display name of the file. */
      readonly path: string;
      readonly severity: string;
      readonly message: string;
    }
  /** How far the index is that a migration builds, about once a second. */
  | { readonly kind: "build"; readonly file: MigrationFile; readonly build: BuildProgress }
  | { readonly kind: "skip"; readonly file: MigrationFile; readonly reason: string }
  | {
      readonly kind: "done";
      readonly file: MigrationFile;
      readonly direction: Direction;
      readonly durationMs: number;
    }
  /** A user's setting that migrations do not use. */
  | { readonly kind: "search-path"; readonly database: string; readonly searchPath: string }
  | { readonly kind: "failed"; readonly database: string; readonly error: unknown };

/** Settings of a run; all times in milliseconds. */
export interface RunSettings {
  /** How long a migration waits for a lock before it is rolled back and retried. 0 waits forever. */
  readonly lockTimeout: number;
  /** How long to wait for another runner. */
  readonly lockWait: number;
  /** Time limit of one statement, 0 for no limit. */
  readonly statementTimeout: number;
  /** How many times to retry a migration after a lock timeout. */
  readonly retries: number;
  /** Whether an invalid index in the way of a build, which no run of this program has left, is dropped. */
  readonly rebuildInvalid?: boolean | undefined;
  /** Written to the ledger with each migration. */
  readonly toolVersion: string;
  readonly signal: AbortSignal;
  readonly report: (event: RunEvent) => void;
}

/** How a run waits for another one on a database. */
export function waitFor(database: string, { lockWait, signal, report }: RunSettings): LockOptions {
  return { wait: lockWait, signal, onWait: (holder) => report({ kind: "waiting", database, holder }) };
}
