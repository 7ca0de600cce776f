import { fromClient, type Message } from "./protocol.ts";

function isCopyFromClient({ type, bytes }: Message): boolean {
  return (
    type === fromClient.query && /^\s*copy\s[^;]*\bfrom\s+stdin\b/i.test(bytes.toString("latin1", 5, 2000))
  );
}

/**
 * A COPY FROM STDIN outside of a transaction is tried, then its data are collected, then it is executed: a client that
 * sends slowly must not stop the others.
 */
export class CollectedCopy {
  state: "none" | "trying" | "failing" | "collecting" | "executing" = "none";
  #query: Message | undefined;

  /** A message was sent that a COPY may be, and could be sent again. */
  sent(message: Message): void {
    if (!isCopyFromClient(message)) return;
    this.state = "trying";
    this.#query = message;
  }

  /** The query to execute now, if its data are collected. */
  execute(): Message | undefined {
    if (this.state !== "collecting") return undefined;
    this.state = "executing";
    return this.#query;
  }
}
