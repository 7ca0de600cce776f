import { ClientConnection } from "./client-connection.ts";
import { constantAnswer } from "./constant-answer.ts";
import {
  build,
  commandComplete,
  errorResponse,
  fromClient,
  type Message,
  oneText,
  parameterStatus,
  type Refusal,
  readyForQuery,
} from "./protocol.ts";
import { type SimpleSetting, simpleSetting } from "./settings.ts";

/** A client's messages that wait for its turn; beyond that it has to wait before it sends more. */
const longestQueue = 4 * 1024 * 1024;
/** How much of a COPY is collected before it takes the client's turn. */
const longestCopy = 64 * 1024 * 1024;
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

/** A client's way to its turn: which of its messages are sent to PostgreSQL, and when. */
export abstract class QueueingClient extends ClientConnection {
  protected hasTurn = false;
  protected isAsking = false;
  /** The state of the transaction as the last ReadyForQuery said. */
  protected status = "I";
  /** How many answers are due before the next message is sent. */
  protected isBusy = false;
  protected isCopying = false;
  /** A batch of the extended protocol has begun, and its Sync has not been sent. */
  protected inBatch = false;
  /**
   * A COPY FROM STDIN outside of a transaction is tried, then its data are collected, then it is executed: a client
   * that sends slowly must not stop the others.
   */
  protected copy: "none" | "trying" | "failing" | "collecting" | "executing" = "none";
  protected copyQuery: Message | undefined;
  /** Parse messages that were answered while another client held a turn. */
  protected deferred: Message[] = [];
  /** Answers to messages that the client did not send at this point. */
  protected hidden = 0;
  /** A simple query that may be executed again: it has answered nothing. */
  protected retryable: Message | undefined;
  /** Since when a statement waits for an advisory lock. */
  protected lockSince: number | undefined;
  protected isRetrying = false;
  /** The description of rows that a statement has not returned yet. */
  protected held: Buffer | undefined;
  /** An error was sent in place of a batch whose Sync has not come. */
  protected skipsToSync = false;
  protected idleTime: number | undefined;

  protected override get queueLimit(): number {
    return this.yields ? longestCopy : longestQueue;
  }

  protected override get yields(): boolean {
    return this.copy === "collecting";
  }

  get idleSince(): number | undefined {
    return this.idleTime;
  }

  /** Does what can be done now with the messages that have come. */
  protected override work(): void {
    if (!this.isReady || this.isAsking || this.isOver) return;
    if (this.copy === "collecting") {
      this.#collect();
      return;
    }
    for (;;) {
      const [first] = this.queue;
      if (first === undefined) return;
      if (first.type === fromClient.terminate && (!this.isBusy || this.isCopying)) {
        this.close();
        return;
      }
      const skipped =
        (copying.has(first.type) && !this.isCopying && !this.isBusy) ||
        (this.skipsToSync && first.type !== fromClient.sync);
      if (!skipped) break;
      this.takeMessage();
    }
    if (this.skipsToSync) {
      this.takeMessage();
      this.skipsToSync = false;
      this.reply(readyForQuery("I"));
      this.work();
    } else if (this.hasTurn) {
      this.#send();
    } else {
      this.#askOrWait();
    }
  }

  /** SET and SHOW need no turn: a client that connects must not wait for another one's transaction. */
  #askOrWait(): void {
    if (!this.#answerBlocked()) this.host.turns.request(this.self);
  }

  onBlocked(): void {
    if (this.copy === "none") this.#answerBlocked();
  }

  /** Answers what needs no turn while another client holds one. */
  #answerBlocked(): boolean {
    const { turns } = this.host;
    if (!turns.isBlocked(this.self)) return false;
    const constant = constantAnswer(this.queue, this.pid);
    if (constant !== undefined) {
      turns.withdraw(this.self);
      for (let left = constant.messages; left > 0; left--) this.takeMessage();
      if (constant.parse !== undefined) this.deferred.push(constant.parse);
      this.reply(constant.answer);
      this.work();
      return true;
    }
    const [first, second] = this.queue;
    if (first?.type === fromClient.query) {
      const simple = simpleSetting(first.bytes.toString("utf8", 5, first.bytes.length - 1));
      if (simple === undefined) return false;
      turns.withdraw(this.self);
      void this.#ask(simple);
      return true;
    }
    if (first?.type !== fromClient.parse || second?.type !== fromClient.sync) return false;
    // Programs that serve several clients in one thread wait for this answer before they go on with the other one.
    turns.withdraw(this.self);
    this.takeMessage();
    this.takeMessage();
    this.deferred.push(first);
    this.reply(parseComplete, readyForQuery("I"));
    this.work();
    return true;
  }

  /** The data of a COPY are collected: waits for their end, or until the limit is reached. */
  #collect(): void {
    const end = this.queue.find(({ type }) => type !== fromClient.copyData && !fillers.has(type));
    if (end?.type === fromClient.terminate) this.close();
    else if (end !== undefined || this.queued > longestCopy) this.host.turns.request(this.self);
  }

  async #ask(simple: SimpleSetting): Promise<void> {
    this.takeMessage();
    this.isAsking = true;
    const answer = await this.host.turns.ask(this.self, simple);
    this.isAsking = false;
    if (answer.kind === "refused") {
      this.reply(errorResponse("ERROR", answer), readyForQuery("I"));
    } else {
      this.limits = answer.limits;
      const changes = answer.reported.filter(
        ([name, value]) => this.known.has(name) && this.learn(name, value),
      );
      this.reply(
        ...(simple.kind === "show" ? [oneText(simple.name, answer.shown)] : []),
        commandComplete(simple.kind.toUpperCase()),
        ...changes.map(([name, value]) => parameterStatus(name, value)),
        readyForQuery("I"),
      );
    }
    this.work();
  }

  onTurn(): void {
    this.hasTurn = true;
    if (this.copy === "collecting" && this.copyQuery !== undefined) {
      this.copy = "executing";
      this.isBusy = true;
      this.begin(this.copyQuery.bytes);
      return;
    }
    if (this.deferred.length > 0) {
      const sync = build("S");
      this.hidden = this.deferred.length;
      this.isBusy = true;
      this.begin(Buffer.concat(this.deferred.splice(0).flatMap(({ bytes }) => [bytes, sync])));
      return;
    }
    this.work();
  }

  protected begin(bytes: Buffer): void {
    this.host.turns.begin();
    this.idleTime = undefined;
    this.host.turns.send(this.self, new Uint8Array(bytes));
  }

  /** Sends messages up to the end of a statement or batch. */
  #send(): void {
    if (this.isBusy && !this.isCopying) return;
    const { turns } = this.host;
    const parts: Buffer[] = [];
    let size = 0;
    while (size < parcel) {
      const [first] = this.queue;
      if (first === undefined || first.type === fromClient.terminate) break;
      if (this.isCopying) {
        const isData = copying.has(first.type);
        if (!isData && (first.type === fromClient.sync || first.type === fromClient.flush)) {
          this.takeMessage();
          continue;
        }
        if (first.type !== fromClient.copyData) this.isCopying = false;
      } else if (this.isBusy || (copying.has(first.type) && parts.length > 0)) {
        break;
      }
      this.takeMessage();
      const isFirst = first.type === fromClient.query && this.status === "I" && !this.inBatch;
      this.retryable = isFirst ? first : undefined;
      if (
        first.type === fromClient.query &&
        this.status === "I" &&
        !this.inBatch &&
        copyFromClient.test(first.bytes.toString("latin1", 5, 2000))
      ) {
        this.copy = "trying";
        this.copyQuery = first;
      }
      parts.push(first.bytes);
      size += first.bytes.length;
      if (batched.has(first.type)) this.inBatch = true;
      else if (
        first.type === fromClient.sync ||
        first.type === fromClient.query ||
        first.type === fromClient.functionCall
      ) {
        this.isBusy = true;
        this.inBatch = first.type === fromClient.sync && this.inBatch;
        break;
      }
    }
    if (parts.length === 0) return;
    if (this.idleTime !== undefined || this.status === "I") turns.begin();
    this.idleTime = undefined;
    turns.send(this.self, new Uint8Array(Buffer.concat(parts)));
    if (!this.isBusy || this.isCopying) this.idleTime = performance.now();
    if (this.isCopying && this.queue.length > 0) this.work();
  }

  protected release(): void {
    this.hasTurn = false;
    this.idleTime = undefined;
    this.host.turns.release(this.self);
  }

  onTimeout(refusal: Refusal): void {
    this.lockSince = undefined;
    this.reply(errorResponse("ERROR", refusal));
    const first = this.takeMessage();
    const isBatch = first !== undefined && batched.has(first.type);
    if (isBatch) this.skipsToSync = true;
    else this.reply(readyForQuery("I"));
    this.work();
  }
}
