import { lockBusy } from "../database/embedded/advisory-locks.ts";
import { fromClient, type Message } from "./protocol.ts";

const busyField = `C${lockBusy}\0`;

/** Whether an error says that another client holds an advisory lock. */
export function isLockBusy(error: Buffer): boolean {
  return error.includes(busyField);
}

/** That error for a client whose statement cannot be executed again. */
export function asLockNotAvailable(error: Buffer): Buffer {
  return Buffer.from(error.toString("latin1").replace(busyField, "C55P03\0"), "latin1");
}

const parseComplete = 0x31;
/** The answers that precede a statement's first row: ParseComplete, BindComplete, CloseComplete, and descriptions. */
const preliminary: ReadonlySet<number> = new Set([parseComplete, 0x32, 0x33, 0x54, 0x6e, 0x74]);

/** The messages in bytes, if each is complete and precedes a statement's first row. */
function preliminaries(bytes: Buffer): Buffer[] | undefined {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.length - at < 5 ? Number.POSITIVE_INFINITY : at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length || !preliminary.has(bytes[at] ?? 0)) return undefined;
    messages.push(bytes.subarray(at, end));
    at = end;
  }
  return messages;
}

/** A query or batch that is executed again after another client has released an advisory lock. */
export class LockRetry {
  /** Its messages, while it may be executed again: it has returned nothing. */
  #messages: readonly Message[] | undefined;
  /** Its error has come, and its ReadyForQuery has not. */
  #isDue = false;
  /** Since when it waits for the lock. */
  #since: number | undefined;
  /** Answers that the client has not received, as they may come again. */
  #held: Buffer[] = [];

  /** Another statement or batch was sent. */
  sent(messages: readonly Message[] | undefined): void {
    this.#messages = messages;
  }

  /** Whether output was kept back, as the statement may be executed again after it. */
  hold(bytes: Buffer): boolean {
    const messages = this.#messages === undefined ? undefined : preliminaries(bytes);
    if (messages === undefined) return false;
    this.#held.push(...messages);
    return true;
  }

  /** The statement has answered: it cannot be executed again. Returns what was kept back. */
  commit(): readonly Buffer[] {
    this.#messages = undefined;
    return this.#held.splice(0);
  }

  /**
   * The lock is busy. Returns what to execute again, if that is possible. A statement stays parsed when its execution
   * fails, so it is not parsed again.
   */
  begin(): readonly Message[] | undefined {
    if (this.#messages === undefined) return undefined;
    this.#isDue = true;
    this.#held = this.#held.filter((message) => message[0] === parseComplete);
    return this.#messages.filter(({ type }) => type !== fromClient.parse);
  }

  /** ReadyForQuery has come. Returns since when the statement waits, if it must be executed again. */
  ready(): number | undefined {
    if (!this.#isDue) {
      this.#since = undefined;
      return undefined;
    }
    this.#isDue = false;
    this.#since ??= performance.now();
    return this.#since;
  }

  /** The statement has waited too long. */
  end(): void {
    this.#since = undefined;
  }
}
