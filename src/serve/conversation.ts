import { memberPid, statementPrefix } from "../database/embedded/member-names.ts";
import type { Answer, MemberLimits } from "../database/embedded/messages.ts";
import type { ClientConnection } from "./client-connection.ts";
import { CollectedCopy } from "./collected-copy.ts";
import { EarlyAnswers } from "./early-answers.ts";
import { batched, copying, Exchange, fillers } from "./exchange.ts";
import type { Inbox } from "./inbox.ts";
import { KnownParameters } from "./known-parameters.ts";
import { asLockNotAvailable, isLockBusy, LockRetry } from "./lock-retry.ts";
import type { Player } from "./player.ts";
import {
  backendKey,
  build,
  errorResponse,
  fromClient,
  fromServer,
  type Message,
  parameterStatus,
  type Refusal,
  readyForQuery,
  withoutPrefix,
} from "./protocol.ts";
import type { Turns } from "./turns.ts";

/** Which messages of a client are sent to PostgreSQL in which turn, and what the client receives as their answers. */
export class Conversation implements Player {
  readonly member: number;
  limits: MemberLimits = { lockTimeout: 0, idleInTransaction: 0 };
  readonly #turns: Turns;
  readonly #inbox: Inbox;
  readonly #connection: ClientConnection;
  readonly #known = new KnownParameters();
  readonly #exchange = new Exchange();
  readonly #retry = new LockRetry();
  readonly #early: EarlyAnswers;
  #isReady = false;
  #hasTurn = false;
  readonly #copy = new CollectedCopy();
  /** An error was sent in place of a batch whose Sync has not come. */
  #skipsToSync = false;
  #idleSince: number | undefined;

  constructor(turns: Turns, member: number, inbox: Inbox, connection: ClientConnection) {
    this.#turns = turns;
    this.member = member;
    this.#inbox = inbox;
    this.#connection = connection;
    this.#early = new EarlyAnswers({
      player: this,
      turns,
      inbox,
      known: this.#known,
      reply: (...parts) => connection.reply(...parts),
      work: () => this.work(),
    });
  }

  get idleSince(): number | undefined {
    return this.#idleSince;
  }

  get stalledSince(): number | undefined {
    return this.#connection.stalledSince;
  }

  get pid(): number {
    return memberPid(this.member);
  }

  get label(): string {
    const name = this.#known.get("application_name") ?? "";
    return name === "" ? `the client with pid ${this.pid}` : `"${name}" (pid ${this.pid})`;
  }

  /** Whether the data of a COPY are collected. */
  get isCollecting(): boolean {
    return this.#copy.state === "collecting";
  }

  terminate(refusal: Refusal): void {
    this.#connection.terminate(refusal);
  }

  count(bytes: number): void {
    this.#connection.count(bytes);
  }

  /** The client was admitted: tells it so, and begins to serve it. */
  start({ limits, reported }: Extract<Answer, { kind: "settings" }>, key: Buffer): void {
    this.limits = limits;
    const known = reported.filter(([name]) => this.#turns.reported.has(name));
    for (const [name, value] of known) this.#known.learn(name, value);
    this.#connection.reply(
      ...known.map(([name, value]) => parameterStatus(name, value)),
      backendKey(this.pid, key),
      readyForQuery("I"),
    );
    this.#isReady = true;
    this.work();
  }

  /** Does what can be done now with the messages that have come. */
  work(): void {
    if (!this.#isReady || this.#early.isAsking || this.#connection.isOver) return;
    if (this.#copy.state === "collecting") {
      this.#collect();
      return;
    }
    const { isBusy, isCopying } = this.#exchange;
    for (;;) {
      const { first } = this.#inbox;
      if (first === undefined) return;
      if (first.type === fromClient.terminate && (!isBusy || isCopying)) {
        this.#connection.close();
        return;
      }
      const skipped =
        (copying.has(first.type) && !isCopying && !isBusy) ||
        (this.#skipsToSync && first.type !== fromClient.sync);
      if (!skipped) break;
      this.#inbox.take();
    }
    if (this.#skipsToSync) {
      this.#inbox.take();
      this.#skipsToSync = false;
      this.#connection.reply(readyForQuery("I"));
      this.work();
    } else if (this.#hasTurn) {
      this.#send();
    } else if (!this.#early.answer()) {
      this.#turns.request(this);
    }
  }

  onBlocked(): void {
    if (this.#copy.state === "none") this.#early.answer();
  }

  /** The data of a COPY are collected: waits for their end, or until the limit is reached. */
  #collect(): void {
    const end = this.#inbox.find(({ type }) => type !== fromClient.copyData && !fillers.has(type));
    if (end?.type === fromClient.terminate) this.#connection.close();
    else if (end !== undefined || this.#inbox.isTooLongForCopy) this.#turns.request(this);
  }

  onTurn(): void {
    this.#hasTurn = true;
    const copy = this.#copy.execute();
    if (copy !== undefined) {
      this.#begin(copy.bytes);
      return;
    }
    const deferred = this.#early.takeDeferred();
    if (deferred === undefined) this.work();
    else this.#begin(deferred);
  }

  #begin(bytes: Buffer): void {
    this.#exchange.isBusy = true;
    this.#turns.begin();
    this.#idleSince = undefined;
    this.#turns.send(this, new Uint8Array(bytes));
  }

  #send(): void {
    const exchange = this.#exchange;
    if (exchange.isBusy && !exchange.isCopying) return;
    const violation = exchange.violation(this.#inbox.first);
    if (violation !== undefined) {
      this.#connection.terminate(violation);
      return;
    }
    const { messages, canRepeat } = exchange.take(this.#inbox);
    const [first] = messages;
    if (first === undefined) return;
    this.#retry.sent(canRepeat ? messages : undefined);
    if (canRepeat) this.#copy.sent(first);
    if (this.#idleSince !== undefined || exchange.status === "I") this.#turns.begin();
    this.#idleSince = undefined;
    this.#turns.send(this, new Uint8Array(Buffer.concat(messages.map(({ bytes }) => bytes))));
    if (!exchange.isBusy || exchange.isCopying) this.#idleSince = performance.now();
    if (exchange.isCopying && this.#inbox.first !== undefined) this.work();
  }

  onRaw(bytes: Buffer): void {
    if (this.#early.isHiding || this.#copy.state === "failing" || this.#retry.hold(bytes)) return;
    this.#commit();
    this.#connection.push(bytes);
  }

  /** The statement has answered: it cannot be executed again. */
  #commit(): void {
    for (const held of this.#retry.commit()) this.#connection.push(held);
  }

  onMessage(message: Message): void {
    const { type, bytes } = message;
    if (this.#early.isHiding) this.#onHidden(message);
    else if (this.#copy.state === "failing") this.#onFailing(type);
    else if (type === fromServer.parameter) this.#onParameter(bytes);
    else if (type === fromServer.error) this.#onError(bytes);
    else if (type === fromServer.copyIn) this.#onCopyIn(bytes);
    else if (type === fromServer.ready) this.#onReady(bytes);
    else if (type !== fromServer.notification) this.#connection.push(bytes);
  }

  #onParameter(bytes: Buffer): void {
    const [name = "", value = ""] = bytes.toString("utf8", 5).split("\0");
    if (this.#known.learn(name, value)) this.#connection.push(bytes);
  }

  #onError(bytes: Buffer): void {
    this.#exchange.isCopying = false;
    if (isLockBusy(bytes)) {
      const messages = this.#retry.begin();
      if (messages === undefined) this.#connection.push(asLockNotAvailable(bytes));
      else this.#inbox.putBack(messages);
      return;
    }
    this.#commit();
    this.#connection.push(withoutPrefix(bytes, statementPrefix(this.member)));
  }

  /** The answers to deferred Parse messages, which the client already has. */
  #onHidden(message: Message): void {
    if (!this.#early.hide(message)) return;
    this.#exchange.isBusy = false;
    this.#idleSince = undefined;
    if (this.#inbox.first === undefined) this.#release();
    this.work();
  }

  /** The end of a COPY that was only tried. */
  #onFailing(type: number): void {
    if (type !== fromServer.ready) return;
    this.#copy.state = "collecting";
    this.#exchange.isBusy = false;
    this.#release();
    this.work();
  }

  #release(): void {
    this.#hasTurn = false;
    this.#idleSince = undefined;
    this.#turns.release(this);
  }

  #onCopyIn(bytes: Buffer): void {
    this.#commit();
    if (this.#copy.state === "trying") {
      this.#connection.push(bytes);
      this.#copy.state = "failing";
      this.#turns.send(this, new Uint8Array(build("f", "collected first\0")));
      return;
    }
    if (this.#copy.state === "executing") this.#copy.state = "none";
    else this.#connection.push(bytes);
    this.#exchange.isCopying = true;
    // A Sync that was sent with the Execute is ignored during a COPY: another one follows its end.
    if (this.#exchange.inBatch) this.#exchange.isBusy = false;
    this.#idleSince = performance.now();
    this.work();
  }

  #onReady(bytes: Buffer): void {
    const lockSince = this.#retry.ready();
    if (lockSince !== undefined) {
      this.#exchange.isBusy = false;
      this.#turns.requestLock(this, lockSince);
      this.#release();
      return;
    }
    this.#commit();
    for (const news of this.#known.learnAll(this.#turns.reported)) this.#connection.push(news);
    this.#connection.push(bytes);
    this.#exchange.ready(String.fromCharCode(bytes[5] ?? 0));
    this.#copy.state = "none";
    if (this.#exchange.status === "I") this.#release();
    else this.#idleSince = performance.now();
    this.work();
    if (this.#idleSince !== undefined && this.#hasTurn) this.#turns.idle();
  }

  onTimeout(refusal: Refusal): void {
    this.#retry.end();
    this.#commit();
    this.#connection.reply(errorResponse("ERROR", refusal));
    // What follows of a COPY is skipped, as after any failed one.
    const first = this.#copy.state === "collecting" ? undefined : this.#inbox.take();
    this.#copy.state = "none";
    if (first !== undefined && batched.has(first.type)) this.#skipsToSync = true;
    else this.#connection.reply(readyForQuery("I"));
    this.work();
  }
}
