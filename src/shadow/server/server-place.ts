import type { ServerTarget } from "../../database/target.ts";
import type { Connectable } from "../../project/connect.ts";

/** Receives what happens on the server, a line each. */
export interface Listener {
  warn(message: string): void;
  note(message: string): void;
}

/** A server that the user has chosen for shadows. */
export interface ServerPlace {
  /** A database of the server, in which nothing is created. */
  readonly target: ServerTarget;
  /** The databases that shadows are for. */
  readonly databases: readonly Connectable[];
  readonly listener: Listener;
}
