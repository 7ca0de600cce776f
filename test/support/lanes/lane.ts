/** A PostgreSQL server for tests, from any source. */
export interface Lane {
  /** Shown at the start of the run. */
  readonly description: string;
  /** Connection string of a superuser, for the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Settings of a disposable server: no fsync, many connections. */
export const throwAwaySettings: Readonly<Record<string, string>> = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  max_prepared_transactions: "10",
  log_min_messages: "fatal",
  // Nothing lives long enough for either to be worth its work.
  autovacuum: "off",
  jit: "off",
};

/** The superuser's password; no output of a command may contain it. */
export const password = "canary";
