import type { SeedCall } from "../api/calls.ts";
import type { OpenOptions } from "../api/open.ts";
import type { SqlClient } from "../database/pool.ts";

/** SQL to run, or a function that receives a client. */
export type Setup = string | ((sql: SqlClient) => Promise<unknown>);

/** What test databases contain, and where they live. What is missing is found as the command line finds it. */
export interface TestDatabasesOptions
  extends Pick<OpenOptions, "config" | "builtin" | "cwd" | "env" | "urls" | "database"> {
  /**
   * `embedded` (the default): in memory, in this process. `server`: new databases on the servers of the configured
   * connection strings, whose role needs CREATEDB; the configured databases are not touched.
   */
  readonly engine?: "embedded" | "server";
  /** Migrate to the end of this phase; all migrations by default. */
  readonly phase?: number;
  /** Migrate to the migration of this number. */
  readonly to?: number;
  /** Fill the tables with sample data. */
  readonly seed?: boolean | Pick<SeedCall, "users" | "scale" | "seed">;
  /** Runs once for each database, by key, before its base state is saved. */
  readonly setup?: Readonly<Record<string, Setup | undefined>>;
}
