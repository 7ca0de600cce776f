import { randomBytes } from "node:crypto";
import { Duplex } from "node:stream";
import type { ClientConnection } from "./client-connection.ts";
import { Conversation } from "./conversation.ts";
import { Entrance, type Host } from "./entrance.ts";
import { Inbox } from "./inbox.ts";
import { errorResponse, type Refusal } from "./protocol.ts";
import type { Wishes } from "./startup.ts";

/** What a client has not read; beyond that PostgreSQL waits. */
const longestOutput = 16 * 1024 * 1024;

/** One client of a shared database, from its startup packet on: the server's end of its connection. */
export class ServedClient extends Duplex implements ClientConnection {
  readonly member: number;
  readonly #host: Host;
  readonly #inbox: Inbox;
  readonly #conversation: Conversation;
  #entrance: Entrance | undefined;
  /** Undefined until the client is admitted. */
  #key: Buffer | undefined;
  #isOver = false;
  #unread = 0;
  #stalledSince: number | undefined;

  constructor(host: Host, member: number) {
    super();
    this.#host = host;
    this.member = member;
    this.#inbox = new Inbox(() => this.#conversation.isCollecting);
    this.#conversation = new Conversation(host.turns, member, this.#inbox, this);
    this.#entrance = new Entrance(host, this, (wishes) => this.#admit(wishes));
  }

  /** As in `net.Socket`: postgres.js reads it before it disconnects. */
  get readyState(): "open" | "readOnly" | "closed" {
    if (this.destroyed) return "closed";
    return this.writableEnded ? "readOnly" : "open";
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get stalledSince(): number | undefined {
    return this.#stalledSince;
  }

  get pid(): number {
    return this.#conversation.pid;
  }

  hasKey(key: Buffer): boolean {
    return this.#key?.equals(key) === true;
  }

  /** Cancels its running statements, if it has any. */
  cancel(): void {
    this.#host.turns.cancel(this.#conversation);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isOver) {
      done();
      return;
    }
    try {
      const rest = this.#entrance === undefined ? chunk : this.#entrance.accept(chunk);
      if (rest.length > 0) {
        this.#inbox.receive(rest);
        this.#conversation.work();
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.terminate({ sqlState: "08P01", message });
    }
    if (this.#inbox.isFull && !this.#isOver) this.#inbox.whenAccepted(done);
    // Other connections come first: this one sends as fast as it can.
    else if (this.#conversation.isCollecting) setImmediate(done);
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inbox.end();
    this.#conversation.work();
    done();
  }

  override _read(): void {
    if (this.#unread > 0 && this.readableLength < longestOutput) {
      this.#host.turns.read(this.#unread);
      this.#unread = 0;
      this.#stalledSince = undefined;
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#leave();
    done(error);
  }

  /** Sends bytes to the client, without regard to whether it reads them. */
  reply(...parts: readonly Buffer[]): void {
    if (!this.#isOver) this.push(Buffer.concat(parts));
  }

  terminate(refusal: Refusal): void {
    this.reply(errorResponse("FATAL", refusal));
    this.close();
  }

  /** Ends the connection after what was sent. */
  close(): void {
    if (this.#isOver) return;
    this.push(null);
    this.#leave();
    // A client that does not read does not end by itself.
    this.resume();
    this.end();
  }

  async #admit(wishes: Wishes): Promise<void> {
    const { turns, lockTimeout } = this.#host;
    const settings = [["lock_timeout", `${lockTimeout}ms`] as const, ...wishes.settings];
    const answer = await turns.admit(this.#conversation, settings);
    if (this.#isOver) return;
    if (answer.kind === "refused") {
      this.terminate(answer);
      return;
    }
    this.#key = randomBytes(wishes.keyLength);
    this.#entrance = undefined;
    this.#conversation.start(answer, this.#key);
  }

  /** The bytes that PostgreSQL has sent in this turn count as read, unless the client reads too slowly. */
  count(bytes: number): void {
    if (this.readableLength < longestOutput) {
      this.#host.turns.read(bytes);
      return;
    }
    this.#unread += bytes;
    this.#stalledSince ??= performance.now();
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#unread > 0) this.#host.turns.read(this.#unread);
    this.#unread = 0;
    this.#inbox.close();
    this.#entrance?.close();
    this.#host.turns.leave(this.#conversation);
    this.#host.onLeft(this.member);
  }
}
