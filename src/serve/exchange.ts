import type { Inbox } from "./inbox.ts";
import { fromClient, type Message, type Refusal } from "./protocol.ts";

/** How much of a COPY is sent to PostgreSQL at once. */
const parcel = 256 * 1024;

/** Messages of the extended protocol, which a Sync follows. */
export const batched: ReadonlySet<number> = new Set([
  fromClient.parse,
  fromClient.bind,
  fromClient.describe,
  fromClient.execute,
  fromClient.close,
  fromClient.flush,
]);
export const copying: ReadonlySet<number> = new Set([
  fromClient.copyData,
  fromClient.copyDone,
  fromClient.copyFail,
]);
/** Messages that PostgreSQL ignores during a COPY. */
export const fillers: ReadonlySet<number> = new Set([fromClient.sync, fromClient.flush]);
/** Messages that ReadyForQuery answers. */
const ending: ReadonlySet<number> = new Set([fromClient.sync, fromClient.query, fromClient.functionCall]);

/** Messages that are sent together. */
export interface Parcel {
  readonly messages: readonly Message[];
  /**
   * Whether they can be executed again after an error: a simple query, or a batch up to its Sync of which nothing was
   * executed before, outside of a transaction.
   */
  readonly canRepeat: boolean;
}

/** How far PostgreSQL and a client are with the statements of its turn. */
export class Exchange {
  /** The state of the transaction as the last ReadyForQuery said. */
  status = "I";
  /** An answer is due before the next message is sent. */
  isBusy = false;
  isCopying = false;
  /** A batch of the extended protocol has begun, and its Sync has not been sent. */
  inBatch = false;
  /** A part of the batch that was sent has an Execute. */
  #hasExecuted = false;

  ready(status: string): void {
    this.status = status;
    this.isBusy = false;
    this.isCopying = false;
    this.inBatch = false;
    this.#hasExecuted = false;
  }

  /** Why a message ends its client: PostgreSQL cannot continue after one that is not data during a COPY. */
  violation(message: Message | undefined): Refusal | undefined {
    if (message === undefined || !this.isCopying) return undefined;
    if (copying.has(message.type) || fillers.has(message.type)) return undefined;
    const code = message.type.toString(16).toUpperCase();
    return { sqlState: "08P01", message: `unexpected message type 0x${code} during COPY from stdin` };
  }

  /** Takes messages up to the end of a statement or batch. */
  take(inbox: Inbox): Parcel {
    const messages: Message[] = [];
    const isOutside = this.status === "I" && !this.isCopying && !this.#hasExecuted;
    let canRepeat = false;
    let size = 0;
    while (size < parcel) {
      const { first } = inbox;
      if (first === undefined || first.type === fromClient.terminate) break;
      if (this.violation(first) !== undefined) break;
      if (this.isCopying) {
        if (fillers.has(first.type)) {
          inbox.take();
          continue;
        }
        if (first.type !== fromClient.copyData) this.isCopying = false;
      } else if (this.isBusy || (copying.has(first.type) && messages.length > 0)) {
        break;
      }
      inbox.take();
      messages.push(first);
      size += first.bytes.length;
      if (batched.has(first.type)) this.inBatch = true;
      if (first.type === fromClient.execute) this.#hasExecuted = true;
      if (ending.has(first.type)) {
        canRepeat = isOutside && (messages.length === 1 || first.type === fromClient.sync);
        this.isBusy = true;
        this.inBatch = first.type === fromClient.sync && this.inBatch;
        break;
      }
    }
    return { messages, canRepeat };
  }
}
