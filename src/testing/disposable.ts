import type { Duplex } from "node:stream";
import type { Target } from "../database/target.ts";

/** One database that can return to saved states; how depends on the engine. */
export interface DisposableDatabase {
  readonly key: string;
  /** For the jobs of a project, which open their own sessions. */
  readonly target: Target;
  readonly login: { readonly user: string; readonly database: string };
  /** A connection for a client of postgres.js. */
  socket(): Duplex | Promise<Duplex>;
  /** Options of a client or pool of `pg`. */
  pgOptions(): Readonly<Record<string, unknown>>;
  /** A connection string for other processes. */
  url(): Promise<string>;
  /** Saves what is committed, under a name. Ends all sessions. */
  save(snapshot: string): Promise<void>;
  /** Returns to a saved state. Ends all sessions, with their transactions. */
  restore(snapshot: string): Promise<void>;
  /** Removes the database. */
  close(): Promise<void>;
}
