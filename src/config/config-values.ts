/** A duration: with a unit, such as `5s`, or an integer number of milliseconds. */
type Duration = string | number;

/** The settings of one database. */
export interface DatabaseValues {
  readonly name?: string | undefined;
  readonly urlVariable?: string | undefined;
  readonly url?: string | undefined;
  readonly migrations?: string | undefined;
}

/** The contents of `socrates-db.config.json`, which `config-file.ts` checks. */
export interface ConfigFile {
  readonly $schema?: string | undefined;
  /** Files and globs. */
  readonly document?: string | readonly string[] | undefined;
  readonly dataDir?: string | undefined;
  readonly engine?: "embedded" | "server" | undefined;
  readonly builtin?: boolean | undefined;
  readonly role?: string | undefined;
  readonly shadow?: string | undefined;
  /** By key of the database. */
  readonly databases?: { readonly [key: string]: DatabaseValues | undefined } | undefined;
  readonly ignore?: readonly { readonly object: string; readonly reason: string }[] | undefined;
  readonly strict?: boolean | undefined;
  readonly severity?: "error" | "warning" | "advice" | undefined;
  readonly lockTimeout?: Duration | undefined;
  readonly lockWait?: Duration | undefined;
  readonly statementTimeout?: Duration | undefined;
  readonly retries?: number | undefined;
}
