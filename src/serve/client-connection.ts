import type { Visitor } from "./entrance.ts";

/** What a conversation needs of its client's connection. */
export interface ClientConnection extends Visitor {
  readonly isOver: boolean;
  readonly stalledSince: number | undefined;
  /** Sends bytes to the client, unless the connection is over. */
  reply(...parts: readonly Buffer[]): void;
  /** Sends bytes of the client's turn, during which the connection is not over. */
  push(bytes: Buffer): boolean;
  /** PostgreSQL has sent so many bytes in this turn. */
  count(bytes: number): void;
}
