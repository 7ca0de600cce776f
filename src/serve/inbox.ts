import { Framer, fromClient, type Message } from "./protocol.ts";

/** A client's messages that wait for its turn; beyond that it has to wait before it sends more. */
const longestQueue = 4 * 1024 * 1024;
/** How much of a COPY is collected before it takes the client's turn. */
const longestCopy = 64 * 1024 * 1024;

/** The messages of one client that wait for its turn. */
export class Inbox {
  readonly #isCollecting: () => boolean;
  readonly #framer = new Framer();
  readonly #messages: Message[] = [];
  #size = 0;
  #accepted: (() => void) | undefined;

  /** @param isCollecting whether the data of a COPY are collected, of which more may wait */
  constructor(isCollecting: () => boolean) {
    this.#isCollecting = isCollecting;
  }

  /** All of them, the oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  get first(): Message | undefined {
    return this.#messages[0];
  }

  get second(): Message | undefined {
    return this.#messages[1];
  }

  /** Whether the client must wait before it sends more. */
  get isFull(): boolean {
    return this.#size > (this.#isCollecting() ? longestCopy : longestQueue);
  }

  /** Whether a COPY is too long to be collected. */
  get isTooLongForCopy(): boolean {
    return this.#size > longestCopy;
  }

  /** @throws Error for a message whose length is not valid */
  receive(chunk: Buffer): void {
    for (const message of this.#framer.push(chunk)) {
      this.#messages.push(message);
      this.#size += message.bytes.length;
    }
  }

  /** The client sends nothing more, as if it had sent Terminate. */
  end(): void {
    this.#messages.push({ type: fromClient.terminate, bytes: Buffer.alloc(0) });
  }

  /** Calls `accepted` when the client may send more. */
  whenAccepted(accepted: () => void): void {
    this.#accepted = accepted;
  }

  take(): Message | undefined {
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    this.#size -= message.bytes.length;
    if (this.#accepted !== undefined && !this.isFull) {
      const accepted = this.#accepted;
      this.#accepted = undefined;
      process.nextTick(accepted);
    }
    return message;
  }

  putBack(messages: readonly Message[]): void {
    this.#messages.unshift(...messages);
    for (const { bytes } of messages) this.#size += bytes.length;
  }

  find(matches: (message: Message) => boolean): Message | undefined {
    return this.#messages.find(matches);
  }

  /** The client has left. */
  close(): void {
    const accepted = this.#accepted;
    this.#accepted = undefined;
    accepted?.();
  }
}
