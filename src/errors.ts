/**
 * Every error that a user can see, as a typed value: what happened, where, and what to do. Only its code decides the
 * exit code.
 */

/** Exit codes of the program: 0 clean, 1 findings, 2 could not run, 3 a migration was refused or failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/**
 * Error codes and their exit codes in commands that migrate; in all others 2 replaces 3. The codes are stable:
 * scripts match on them.
 */
export const errorCodes = {
  usage: 2,
  unexpected: 2,
  "not-built": 2,
  "init-refused": 2,
  "folder-missing": 2,
  "config-invalid": 2,
  "config-not-found": 2,
  "connection-string": 2,
  "connection-failed": 2,
  "connection-lost": 2,
  "authentication-failed": 2,
  "database-missing": 2,
  "tls-failed": 2,
  "same-database": 2,
  "one-url-only": 2,
  "url-missing": 2,
  "server-too-old": 2,
  "embedded-locked": 2,
  "embedded-failed": 2,
  "port-in-use": 2,
  "not-served": 2,
  "native-missing": 2,
  "native-failed": 2,
  "psql-missing": 2,
  "image-missing": 2,
  "shadow-failed": 2,
  "rehearsal-incomplete": 2,
  "document-invalid": 2,
  "ledger-missing": 2,
  "output-failed": 2,
  "query-failed": 2,
  "ledger-invalid": 3,
  "file-invalid": 3,
  "chain-invalid": 3,
  "wrong-chain": 3,
  "database-occupied": 3,
  "nothing-to-adopt": 3,
  "privilege-missing": 3,
  "extension-missing": 3,
  "read-only": 3,
  "pooler-unsupported": 3,
  "lock-held": 3,
  "lock-lost": 3,
  "lock-timeout": 3,
  "not-quiet": 3,
  "migration-failed": 3,
  irreversible: 3,
  "migration-interrupted": 3,
  "data-loss": 3,
  interrupted: 3,
  "confirmation-needed": 2,
  "not-local": 3,
  "rows-found": 3,
  "schema-drifted": 3,
  "table-unknown": 3,
  "seed-failed": 3,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof errorCodes;

/** A place in a text file. Lines and columns count from 1; columns count code points. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What PostgreSQL said, in the fields of its error message (manual, section 54.8). */
export interface SqlDetail {
  readonly sqlState: string;
  readonly detail?: string;
  readonly hint?: string;
  /** The calls that led to it, innermost first, for example `PL/pgSQL function half(integer) line 3 at RETURN`. */
  readonly context?: string;
}

/** A migration that a run had finished before it failed. */
export interface FinishedMigration {
  readonly database: string;
  readonly number: number;
  readonly name: string;
  readonly phase: number;
  readonly durationMs: number;
}

/** What a run had done before it failed, in the order of completion. */
export interface FinishedPart {
  readonly direction: "up" | "down";
  readonly migrations: readonly FinishedMigration[];
}

export interface SocratesErrorOptions {
  /** One sentence that says what to do. */
  readonly hint: string;
  readonly cause?: unknown;
  readonly location?: Location;
  /** The line of the file at `location`, shown with a caret below the column. */
  readonly sourceLine?: string;
  readonly sql?: SqlDetail;
  readonly finished?: FinishedPart;
}

/** The project's only error class: `message` is the cause on one line, `hint` what to do about it. */
export class SocratesError extends Error {
  override readonly name = "SocratesError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly location: Location | undefined;
  readonly sourceLine: string | undefined;
  readonly sql: SqlDetail | undefined;
  /** For a run that changes databases. */
  readonly finished: FinishedPart | undefined;

  constructor(code: ErrorCode, message: string, options: SocratesErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.location = options.location;
    this.sourceLine = options.sourceLine;
    this.sql = options.sql;
    this.finished = options.finished;
  }

  /** The same error with changes. */
  with({
    message = this.message,
    ...changes
  }: Partial<SocratesErrorOptions> & { message?: string }): SocratesError {
    const { hint, cause = this, location, sourceLine, sql, finished } = this;
    const options = { hint, cause, location, sourceLine, sql, finished, ...changes };
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return new SocratesError(this.code, message, { hint, ...Object.fromEntries(given) });
  }

  /** The exit code that this error leads to. */
  get exitCode(): ExitCode {
    return errorCodes[this.code];
  }
}
