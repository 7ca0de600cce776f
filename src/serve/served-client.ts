import { lockBusy } from "../database/embedded/advisory-locks.ts";
import { statementPrefix } from "../database/embedded/member-names.ts";
import type { Player } from "./player.ts";
import { asWarning, build, fromServer, type Message, parameterStatus } from "./protocol.ts";
import { QueueingClient } from "./queueing-client.ts";

/** Whether bytes are exactly one RowDescription. */
function isRowDescription(bytes: Buffer): boolean {
  return bytes[0] === 0x54 && bytes.length >= 5 && bytes.readUInt32BE(1) + 1 === bytes.length;
}

/** One client of a shared database, from its startup packet on: the server's end of its connection. */
export class ServedClient extends QueueingClient implements Player {
  protected override get self(): Player {
    return this;
  }

  onRaw(bytes: Buffer): void {
    if (this.hidden > 0 || this.copy === "failing") return;
    if (this.retryable !== undefined && isRowDescription(bytes)) {
      this.held = bytes;
      return;
    }
    this.#commit();
    this.push(bytes);
  }

  /** The statement has answered: it cannot be executed again. */
  #commit(): void {
    this.retryable = undefined;
    if (this.held !== undefined) this.push(this.held);
    this.held = undefined;
  }

  onMessage({ type, bytes }: Message): void {
    if (this.hidden > 0) this.#onHidden(type, bytes);
    else if (this.copy === "failing") this.#onFailing(type);
    else if (type === fromServer.parameter) this.#onParameter(bytes);
    else if (type === fromServer.error) this.#onError(bytes);
    else if (type === fromServer.copyIn) this.#onCopyIn(bytes);
    else if (type === fromServer.ready) this.#onReady(bytes);
    else if (type !== fromServer.notification) this.push(bytes);
  }

  #onParameter(bytes: Buffer): void {
    const [name = "", value = ""] = bytes.toString("utf8", 5).split("\0");
    if (this.learn(name, value)) this.push(bytes);
  }

  #onError(bytes: Buffer): void {
    this.isCopying = false;
    if (bytes.includes(`C${lockBusy}\0`)) {
      if (this.retryable === undefined) {
        this.push(Buffer.from(bytes.toString("latin1").replace(`C${lockBusy}\0`, "C55P03\0"), "latin1"));
        return;
      }
      this.isRetrying = true;
      this.held = undefined;
      this.queue.unshift(this.retryable);
      this.queued += this.retryable.bytes.length;
      return;
    }
    this.#commit();
    const prefix = `"${statementPrefix(this.member)}`;
    if (!bytes.includes(prefix)) {
      this.push(bytes);
      return;
    }
    const body = Buffer.from(bytes.toString("utf8", 5).replaceAll(prefix, '"'));
    const head = Buffer.from(bytes.subarray(0, 5));
    head.writeInt32BE(body.length + 4, 1);
    this.push(Buffer.concat([head, body]));
  }

  /** The answers to deferred Parse messages, which the client already has. */
  #onHidden(type: number, bytes: Buffer): void {
    if (type === fromServer.error) this.push(asWarning(bytes));
    if (type !== fromServer.ready || --this.hidden > 0) return;
    this.isBusy = false;
    this.idleTime = undefined;
    if (this.queue.length === 0) this.release();
    this.work();
  }

  /** The end of a COPY that was only tried. */
  #onFailing(type: number): void {
    if (type !== fromServer.ready) return;
    this.copy = "collecting";
    this.isBusy = false;
    this.release();
    this.work();
  }

  #onCopyIn(bytes: Buffer): void {
    if (this.copy === "trying") {
      this.push(bytes);
      this.copy = "failing";
      this.host.turns.send(this, new Uint8Array(build("f", "collected first\0")));
      return;
    }
    if (this.copy === "executing") this.copy = "none";
    else this.push(bytes);
    this.isCopying = true;
    // A Sync that was sent with the Execute is ignored during a COPY: another one follows its end.
    if (this.inBatch) this.isBusy = false;
    this.idleTime = performance.now();
    this.work();
  }

  #onReady(bytes: Buffer): void {
    if (this.isRetrying) {
      this.isRetrying = false;
      this.isBusy = false;
      this.lockSince ??= performance.now();
      this.host.turns.requestLock(this, this.lockSince);
      this.release();
      return;
    }
    this.lockSince = undefined;
    this.#commit();
    for (const [name, value] of this.host.turns.reported)
      if (this.learn(name, value)) this.push(parameterStatus(name, value));
    this.push(bytes);
    this.status = String.fromCharCode(bytes[5] ?? 0);
    this.isBusy = false;
    this.isCopying = false;
    this.inBatch = false;
    this.copy = "none";
    if (this.status === "I") {
      this.release();
    } else {
      this.idleTime = performance.now();
    }
    this.work();
    if (this.idleTime !== undefined && this.hasTurn) this.host.turns.idle();
  }
}
