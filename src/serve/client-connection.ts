import { randomBytes } from "node:crypto";
import { Duplex } from "node:stream";
import { memberPid } from "../database/embedded/member-names.ts";
import type { MemberLimits } from "../database/embedded/messages.ts";
import { Entrance, type Host } from "./entrance.ts";
import type { Player } from "./player.ts";
import {
  backendKey,
  errorResponse,
  Framer,
  fromClient,
  type Message,
  parameterStatus,
  type Refusal,
  readyForQuery,
} from "./protocol.ts";
import type { Wishes } from "./startup.ts";

/** What a client has not read; beyond that PostgreSQL waits. */
const longestOutput = 16 * 1024 * 1024;

/** The connection of one client: its startup, its messages, and what it has not read. */
export abstract class ClientConnection extends Duplex {
  readonly member: number;
  limits: MemberLimits = { lockTimeout: 0, idleInTransaction: 0 };
  protected readonly host: Host;
  /** Messages that wait to be sent to PostgreSQL. */
  protected readonly queue: Message[] = [];
  /** How many bytes they have. */
  protected queued = 0;
  protected isReady = false;
  protected isOver = false;
  /** Values of parameters as this client knows them. */
  protected readonly known = new Map<string, string>();
  #entrance: Entrance | undefined;
  readonly #framer = new Framer();
  #accepted: (() => void) | undefined;
  #key: Buffer = Buffer.alloc(0);
  #unread = 0;
  #stalledSince: number | undefined;

  constructor(host: Host, member: number) {
    super();
    this.host = host;
    this.member = member;
    this.#entrance = new Entrance(host, this, (wishes) => this.#admit(wishes));
  }

  /** Does what can be done now with the messages that have come. */
  protected abstract work(): void;

  /** How many bytes may wait in the queue before the client has to wait. */
  protected abstract get queueLimit(): number;

  /** Whether other connections come before this one, which sends as fast as it can. */
  protected abstract get yields(): boolean;

  protected abstract get self(): Player;

  /** As in `net.Socket`: postgres.js reads it before it disconnects. */
  get readyState(): "open" | "readOnly" | "closed" {
    if (this.destroyed) return "closed";
    return this.writableEnded ? "readOnly" : "open";
  }

  get stalledSince(): number | undefined {
    return this.#stalledSince;
  }

  get pid(): number {
    return memberPid(this.member);
  }

  get label(): string {
    const name = this.known.get("application_name") ?? "";
    return name === "" ? `the client with pid ${this.pid}` : `"${name}" (pid ${this.pid})`;
  }

  hasKey(key: Buffer): boolean {
    return this.isReady && this.#key.equals(key);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.isOver) {
      done();
      return;
    }
    try {
      const rest = this.#entrance === undefined ? chunk : this.#entrance.accept(chunk);
      if (rest.length > 0) this.#receive(rest);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.terminate({ sqlState: "08P01", message });
    }
    if (this.queued > this.queueLimit && !this.isOver) this.#accepted = done;
    // Other connections come first: this one sends as fast as it can.
    else if (this.yields) setImmediate(done);
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.queue.push({ type: fromClient.terminate, bytes: Buffer.alloc(0) });
    this.work();
    done();
  }

  override _read(): void {
    if (this.#unread > 0 && this.readableLength < longestOutput) {
      this.host.turns.read(this.#unread);
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
    if (!this.isOver) this.push(Buffer.concat(parts));
  }

  terminate(refusal: Refusal): void {
    this.reply(errorResponse("FATAL", refusal));
    this.close();
  }

  /** Ends the connection after what was sent. */
  close(): void {
    if (this.isOver) return;
    this.push(null);
    this.#leave();
    // A client that does not read does not end by itself.
    this.resume();
    this.end();
  }

  async #admit(wishes: Wishes): Promise<void> {
    const { turns, lockTimeout } = this.host;
    const settings = [["lock_timeout", `${lockTimeout}ms`] as const, ...wishes.settings];
    const answer = await turns.admit(this.self, settings);
    if (this.isOver) return;
    if (answer.kind === "refused") {
      this.terminate(answer);
      return;
    }
    this.limits = answer.limits;
    this.#key = randomBytes(wishes.keyLength);
    const reported = answer.reported.filter(([name]) => turns.reported.has(name));
    for (const [name, value] of reported) this.known.set(name, value);
    this.reply(
      ...reported.map(([name, value]) => parameterStatus(name, value)),
      backendKey(this.pid, this.#key),
      readyForQuery("I"),
    );
    this.#entrance = undefined;
    this.isReady = true;
    this.work();
  }

  #receive(chunk: Buffer): void {
    for (const message of this.#framer.push(chunk)) {
      this.queue.push(message);
      this.queued += message.bytes.length;
    }
    this.work();
  }

  protected takeMessage(): Message | undefined {
    const message = this.queue.shift();
    if (message === undefined) return undefined;
    this.queued -= message.bytes.length;
    if (this.queued <= this.queueLimit && this.#accepted !== undefined) {
      const accepted = this.#accepted;
      this.#accepted = undefined;
      process.nextTick(accepted);
    }
    return message;
  }

  /** Whether a parameter's value is new to the client. */
  protected learn(name: string, value: string): boolean {
    if (this.known.get(name) === value) return false;
    this.known.set(name, value);
    return true;
  }

  /** The bytes that PostgreSQL has sent in this turn count as read, unless the client reads too slowly. */
  count(bytes: number): void {
    if (this.readableLength < longestOutput) {
      this.host.turns.read(bytes);
      return;
    }
    this.#unread += bytes;
    this.#stalledSince ??= performance.now();
  }

  #leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#unread > 0) this.host.turns.read(this.#unread);
    this.#unread = 0;
    this.#accepted?.();
    this.#entrance?.close();
    this.host.turns.leave(this.self);
    this.host.onLeft(this.member);
  }
}
