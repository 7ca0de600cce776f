import { lockBusy } from "../database/embedded/advisory-locks.ts";
import type { Message } from "./protocol.ts";

const busyField = `C${lockBusy}\0`;

/** Whether an error says that another client holds an advisory lock. */
export function isLockBusy(error: Buffer): boolean {
  return error.includes(busyField);
}

/** That error for a client whose statement cannot be executed again. */
export function asLockNotAvailable(error: Buffer): Buffer {
  return Buffer.from(error.toString("latin1").replace(busyField, "C55P03\0"), "latin1");
}

/** Whether bytes are exactly one RowDescription. */
function isRowDescription(bytes: Buffer): boolean {
  return bytes[0] === 0x54 && bytes.length >= 5 && bytes.readUInt32BE(1) + 1 === bytes.length;
}

/** A statement that is executed again after another client has released an advisory lock. */
export class LockRetry {
  /** A simple query that may be executed again: it has answered nothing. */
  statement: Message | undefined;
  /** Its error has come, and its ReadyForQuery has not. */
  #isDue = false;
  /** Since when it waits for the lock. */
  #since: number | undefined;
  /** The description of rows that it has not returned yet. */
  #held: Buffer | undefined;

  /** Whether output was kept back, as the statement may be executed again after it. */
  hold(bytes: Buffer): boolean {
    if (this.statement === undefined || !isRowDescription(bytes)) return false;
    this.#held = bytes;
    return true;
  }

  /** The statement has answered: it cannot be executed again. Returns what was kept back. */
  commit(): Buffer | undefined {
    const held = this.#held;
    this.statement = undefined;
    this.#held = undefined;
    return held;
  }

  /** The lock is busy. Returns the statement, if it can be executed again. */
  begin(): Message | undefined {
    if (this.statement === undefined) return undefined;
    this.#isDue = true;
    this.#held = undefined;
    return this.statement;
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
