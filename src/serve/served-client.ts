import { randomBytes } from "node:crypto";
import { Duplex } from "node:stream";
import { lockBusy } from "../database/embedded/advisory-locks.ts";
import { memberPid, statementPrefix } from "../database/embedded/member-names.ts";
import type { MemberLimits } from "../database/embedded/messages.ts";
import { Entrance, type Host } from "./entrance.ts";
import type { Player } from "./player.ts";
import {
  asWarning,
  backendKey,
  build,
  commandComplete,
  errorResponse,
  Framer,
  fromClient,
  fromServer,
  type Message,
  oneText,
  parameterStatus,
  type Refusal,
  readyForQuery,
} from "./protocol.ts";
import { type SimpleSetting, simpleSetting } from "./settings.ts";
import type { Wishes } from "./startup.ts";

/** A client's messages that wait for its turn; beyond that it has to wait before it sends more. */
const longestQueue = 4 * 1024 * 1024;
/** How much of a COPY is collected before it takes the client's turn. */
const longestCopy = 64 * 1024 * 1024;
/** What a client has not read; beyond that PostgreSQL waits. */
const longestOutput = 16 * 1024 * 1024;
/** How much of a COPY is sent to PostgreSQL at once. */
const parcel = 256 * 1024;

const batched: ReadonlySet<number> = new Set([
  fromClient.parse,
  fromClient.bind,
  fromClient.describe,
  fromClient.execute,
  fromClient.close,
  fromClient.flush,
]);
const copying: ReadonlySet<number> = new Set([fromClient.copyData, fromClient.copyDone, fromClient.copyFail]);

const fillers: ReadonlySet<number> = new Set([fromClient.sync, fromClient.flush]);
const copyFromClient = /^\s*copy\s[^;]*\bfrom\s+stdin\b/i;
const parseComplete = build("1");

/** Whether bytes are exactly one RowDescription. */
function isRowDescription(bytes: Buffer): boolean {
  return bytes[0] === 0x54 && bytes.length >= 5 && bytes.readUInt32BE(1) + 1 === bytes.length;
}

/** One client of a shared database, from its startup packet on: the server's end of its connection. */
export class ServedClient extends Duplex implements Player {
  readonly member: number;
  limits: MemberLimits = { lockTimeout: 0, idleInTransaction: 0 };
  readonly #host: Host;
  #entrance: Entrance | undefined;
  #framer = new Framer();
  #queue: Message[] = [];
  #queued = 0;
  #accepted: (() => void) | undefined;
  #key: Buffer = Buffer.alloc(0);
  #isReady = false;
  /** Values of parameters as this client knows them. */
  readonly #known = new Map<string, string>();
  #hasTurn = false;
  #isAsking = false;
  #isOver = false;
  /** The state of the transaction as the last ReadyForQuery said. */
  #status = "I";
  /** How many answers are due before the next message is sent. */
  #isBusy = false;
  #isCopying = false;
  /** A batch of the extended protocol has begun, and its Sync has not been sent. */
  #inBatch = false;
  /**
   * A COPY FROM STDIN outside of a transaction is tried, then its data are collected, then it is executed: a client
   * that sends slowly must not stop the others.
   */
  #copy: "none" | "trying" | "failing" | "collecting" | "executing" = "none";
  #copyQuery: Message | undefined;
  /** Parse messages that were answered while another client held a turn. */
  #deferred: Message[] = [];
  /** Answers to messages that the client did not send at this point. */
  #hidden = 0;
  /** A simple query that may be executed again: it has answered nothing. */
  #retryable: Message | undefined;
  /** Since when a statement waits for an advisory lock. */
  #lockSince: number | undefined;
  #isRetrying = false;
  /** The description of rows that a statement has not returned yet. */
  #held: Buffer | undefined;
  /** An error was sent in place of a batch whose Sync has not come. */
  #skipsToSync = false;
  #idleSince: number | undefined;
  #unread = 0;
  #stalledSince: number | undefined;

  constructor(host: Host, member: number) {
    super();
    this.#host = host;
    this.member = member;
    this.#entrance = new Entrance(host, this, (wishes) => this.#admit(wishes));
  }

  /** As in `net.Socket`: postgres.js reads it before it disconnects. */
  get readyState(): "open" | "readOnly" | "closed" {
    if (this.destroyed) return "closed";
    return this.writableEnded ? "readOnly" : "open";
  }

  get idleSince(): number | undefined {
    return this.#idleSince;
  }

  get stalledSince(): number | undefined {
    return this.#stalledSince;
  }

  get pid(): number {
    return memberPid(this.member);
  }

  get label(): string {
    const name = this.#known.get("application_name") ?? "";
    return name === "" ? `the client with pid ${this.pid}` : `"${name}" (pid ${this.pid})`;
  }

  hasKey(key: Buffer): boolean {
    return this.#isReady && this.#key.equals(key);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isOver) {
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
    if (this.#queued > this.#longestQueue && !this.#isOver) this.#accepted = done;
    // Other connections come first: this one sends as fast as it can.
    else if (this.#copy === "collecting") setImmediate(done);
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#queue.push({ type: fromClient.terminate, bytes: Buffer.alloc(0) });
    this.#work();
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
    const answer = await turns.admit(this, settings);
    if (this.#isOver) return;
    if (answer.kind === "refused") {
      this.terminate(answer);
      return;
    }
    this.limits = answer.limits;
    this.#key = randomBytes(wishes.keyLength);
    const reported = answer.reported.filter(([name]) => turns.reported.has(name));
    for (const [name, value] of reported) this.#known.set(name, value);
    this.reply(
      ...reported.map(([name, value]) => parameterStatus(name, value)),
      backendKey(this.pid, this.#key),
      readyForQuery("I"),
    );
    this.#entrance = undefined;
    this.#isReady = true;
    this.#work();
  }

  #receive(chunk: Buffer): void {
    for (const message of this.#framer.push(chunk)) {
      this.#queue.push(message);
      this.#queued += message.bytes.length;
    }
    this.#work();
  }

  get #longestQueue(): number {
    return this.#copy === "collecting" ? longestCopy : longestQueue;
  }

  #take(): Message | undefined {
    const message = this.#queue.shift();
    if (message === undefined) return undefined;
    this.#queued -= message.bytes.length;
    if (this.#queued <= this.#longestQueue && this.#accepted !== undefined) {
      const accepted = this.#accepted;
      this.#accepted = undefined;
      process.nextTick(accepted);
    }
    return message;
  }

  /** Does what can be done now with the messages that have come. */
  #work(): void {
    if (!this.#isReady || this.#isAsking || this.#isOver) return;
    if (this.#copy === "collecting") {
      this.#collect();
      return;
    }
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined) return;
      if (first.type === fromClient.terminate && (!this.#isBusy || this.#isCopying)) {
        this.close();
        return;
      }
      const skipped =
        (copying.has(first.type) && !this.#isCopying && !this.#isBusy) ||
        (this.#skipsToSync && first.type !== fromClient.sync);
      if (!skipped) break;
      this.#take();
    }
    if (this.#skipsToSync) {
      this.#take();
      this.#skipsToSync = false;
      this.reply(readyForQuery("I"));
      this.#work();
    } else if (this.#hasTurn) {
      this.#send();
    } else {
      this.#askOrWait();
    }
  }

  /** SET and SHOW need no turn: a client that connects must not wait for another one's transaction. */
  #askOrWait(): void {
    if (!this.#answerBlocked()) this.#host.turns.request(this);
  }

  onBlocked(): boolean {
    return this.#copy === "none" && this.#answerBlocked();
  }

  /** Answers what needs no turn while another client holds one. */
  #answerBlocked(): boolean {
    if (!this.#host.turns.isBlocked(this)) return false;
    const [first, second] = this.#queue;
    if (first?.type === fromClient.query) {
      const simple = simpleSetting(first.bytes.toString("utf8", 5, first.bytes.length - 1));
      if (simple !== undefined) void this.#ask(simple);
      return simple !== undefined;
    }
    if (first?.type !== fromClient.parse || second?.type !== fromClient.sync) return false;
    // Programs that serve several clients in one thread wait for this answer before they go on with the other one.
    this.#take();
    this.#take();
    this.#deferred.push(first);
    this.reply(parseComplete, readyForQuery("I"));
    this.#work();
    return true;
  }

  /** The data of a COPY are collected: waits for their end, or until the limit is reached. */
  #collect(): void {
    const end = this.#queue.find(({ type }) => type !== fromClient.copyData && !fillers.has(type));
    if (end?.type === fromClient.terminate) this.close();
    else if (end !== undefined || this.#queued > longestCopy) this.#host.turns.request(this);
  }

  async #ask(simple: SimpleSetting): Promise<void> {
    this.#take();
    this.#isAsking = true;
    const answer = await this.#host.turns.ask(this, simple);
    this.#isAsking = false;
    if (answer.kind === "refused") {
      this.reply(errorResponse("ERROR", answer), readyForQuery("I"));
    } else {
      this.limits = answer.limits;
      const changes = answer.reported.filter(
        ([name, value]) => this.#known.has(name) && this.#learn(name, value),
      );
      this.reply(
        ...(simple.kind === "show" ? [oneText(simple.name, answer.shown)] : []),
        commandComplete(simple.kind.toUpperCase()),
        ...changes.map(([name, value]) => parameterStatus(name, value)),
        readyForQuery("I"),
      );
    }
    this.#work();
  }

  onTurn(): void {
    this.#hasTurn = true;
    if (this.#copy === "collecting" && this.#copyQuery !== undefined) {
      this.#copy = "executing";
      this.#isBusy = true;
      this.#begin(this.#copyQuery.bytes);
      return;
    }
    if (this.#deferred.length > 0) {
      const sync = build("S");
      this.#hidden = this.#deferred.length;
      this.#isBusy = true;
      this.#begin(Buffer.concat(this.#deferred.splice(0).flatMap(({ bytes }) => [bytes, sync])));
      return;
    }
    this.#work();
  }

  #begin(bytes: Buffer): void {
    this.#host.turns.begin();
    this.#idleSince = undefined;
    this.#host.turns.send(this, new Uint8Array(bytes));
  }

  /** Sends messages up to the end of a statement or batch. */
  #send(): void {
    if (this.#isBusy && !this.#isCopying) return;
    const { turns } = this.#host;
    const parts: Buffer[] = [];
    let size = 0;
    while (size < parcel) {
      const [first] = this.#queue;
      if (first === undefined || first.type === fromClient.terminate) break;
      if (this.#isCopying) {
        const isData = copying.has(first.type);
        if (!isData && (first.type === fromClient.sync || first.type === fromClient.flush)) {
          this.#take();
          continue;
        }
        if (first.type !== fromClient.copyData) this.#isCopying = false;
      } else if (this.#isBusy || (copying.has(first.type) && parts.length > 0)) {
        break;
      }
      this.#take();
      const isFirst = first.type === fromClient.query && this.#status === "I" && !this.#inBatch;
      this.#retryable = isFirst ? first : undefined;
      if (
        first.type === fromClient.query &&
        this.#status === "I" &&
        !this.#inBatch &&
        copyFromClient.test(first.bytes.toString("latin1", 5, 2000))
      ) {
        this.#copy = "trying";
        this.#copyQuery = first;
      }
      parts.push(first.bytes);
      size += first.bytes.length;
      if (batched.has(first.type)) this.#inBatch = true;
      else if (
        first.type === fromClient.sync ||
        first.type === fromClient.query ||
        first.type === fromClient.functionCall
      ) {
        this.#isBusy = true;
        this.#inBatch = first.type === fromClient.sync && this.#inBatch;
        break;
      }
    }
    if (parts.length === 0) return;
    if (this.#idleSince !== undefined || this.#status === "I") turns.begin();
    this.#idleSince = undefined;
    turns.send(this, new Uint8Array(Buffer.concat(parts)));
    if (!this.#isBusy || this.#isCopying) this.#idleSince = performance.now();
    if (this.#isCopying && this.#queue.length > 0) this.#work();
  }

  onRaw(bytes: Buffer): void {
    if (this.#hidden > 0 || this.#copy === "failing") return;
    if (this.#retryable !== undefined && isRowDescription(bytes)) {
      this.#held = bytes;
      return;
    }
    this.#commit();
    this.push(bytes);
  }

  /** The statement has answered: it cannot be executed again. */
  #commit(): void {
    this.#retryable = undefined;
    if (this.#held !== undefined) this.push(this.#held);
    this.#held = undefined;
  }

  onMessage({ type, bytes }: Message): void {
    if (this.#hidden > 0) this.#onHidden(type, bytes);
    else if (this.#copy === "failing") this.#onFailing(type);
    else if (type === fromServer.parameter) this.#onParameter(bytes);
    else if (type === fromServer.error) this.#onError(bytes);
    else if (type === fromServer.copyIn) this.#onCopyIn(bytes);
    else if (type === fromServer.ready) this.#onReady(bytes);
    else if (type !== fromServer.notification) this.push(bytes);
  }

  #onParameter(bytes: Buffer): void {
    const [name = "", value = ""] = bytes.toString("utf8", 5).split("\0");
    if (this.#learn(name, value)) this.push(bytes);
  }

  /** Whether a parameter's value is new to the client. */
  #learn(name: string, value: string): boolean {
    if (this.#known.get(name) === value) return false;
    this.#known.set(name, value);
    return true;
  }

  #onError(bytes: Buffer): void {
    this.#isCopying = false;
    if (bytes.includes(`C${lockBusy}\0`)) {
      if (this.#retryable === undefined) {
        this.push(Buffer.from(bytes.toString("latin1").replace(`C${lockBusy}\0`, "C55P03\0"), "latin1"));
        return;
      }
      this.#isRetrying = true;
      this.#held = undefined;
      this.#queue.unshift(this.#retryable);
      this.#queued += this.#retryable.bytes.length;
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
    if (type !== fromServer.ready || --this.#hidden > 0) return;
    this.#isBusy = false;
    this.#idleSince = undefined;
    if (this.#queue.length === 0) this.#release();
    this.#work();
  }

  /** The end of a COPY that was only tried. */
  #onFailing(type: number): void {
    if (type !== fromServer.ready) return;
    this.#copy = "collecting";
    this.#isBusy = false;
    this.#release();
    this.#work();
  }

  #release(): void {
    this.#hasTurn = false;
    this.#idleSince = undefined;
    this.#host.turns.release(this);
  }

  #onCopyIn(bytes: Buffer): void {
    if (this.#copy === "trying") {
      this.push(bytes);
      this.#copy = "failing";
      this.#host.turns.send(this, new Uint8Array(build("f", "collected first\0")));
      return;
    }
    if (this.#copy === "executing") this.#copy = "none";
    else this.push(bytes);
    this.#isCopying = true;
    // A Sync that was sent with the Execute is ignored during a COPY: another one follows its end.
    if (this.#inBatch) this.#isBusy = false;
    this.#idleSince = performance.now();
    this.#work();
  }

  #onReady(bytes: Buffer): void {
    if (this.#isRetrying) {
      this.#isRetrying = false;
      this.#isBusy = false;
      this.#lockSince ??= performance.now();
      this.#host.turns.requestLock(this, this.#lockSince);
      this.#release();
      return;
    }
    this.#lockSince = undefined;
    this.#commit();
    for (const [name, value] of this.#host.turns.reported)
      if (this.#learn(name, value)) this.push(parameterStatus(name, value));
    this.push(bytes);
    this.#status = String.fromCharCode(bytes[5] ?? 0);
    this.#isBusy = false;
    this.#isCopying = false;
    this.#inBatch = false;
    this.#copy = "none";
    if (this.#status === "I") {
      this.#release();
    } else {
      this.#idleSince = performance.now();
    }
    this.#work();
    if (this.#idleSince !== undefined && this.#hasTurn) this.#host.turns.idle();
  }

  onTimeout(refusal: Refusal): void {
    this.#lockSince = undefined;
    this.reply(errorResponse("ERROR", refusal));
    const first = this.#take();
    const isBatch = first !== undefined && batched.has(first.type);
    if (isBatch) this.#skipsToSync = true;
    else this.reply(readyForQuery("I"));
    this.#work();
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
    this.#accepted?.();
    this.#entrance?.close();
    this.#host.turns.leave(this);
    this.#host.onLeft(this.member);
  }
}
