import type { EmbeddedEngine } from "../database/embedded/engine.ts";
import type { AboutMember, Answer, Question } from "../database/embedded/messages.ts";
import type { SharedSession } from "../database/embedded/shared-session.ts";
import { advisoryTimeout, endings, type Limits, lockTimeout, overstays } from "./limits.ts";
import { OutputScanner } from "./output-scanner.ts";
import type { Player } from "./player.ts";

/** How often limits are checked, in milliseconds. */
const pace = 25;
interface Waiting {
  readonly player: Player;
  readonly since: number;
  /** It waits for another client to release an advisory lock, not for a turn. */
  readonly isForLock: boolean;
}

/** Decides whose statements the session executes: one client's at a time, up to the end of its transaction. */
export class Turns {
  /** Values of PostgreSQL's parameters as it has last reported them. */
  readonly reported = new Map<string, string>();
  readonly #engine: EmbeddedEngine;
  readonly #limits: Limits;
  readonly #onFailed: (error: Error) => void;
  #session: SharedSession | undefined;
  /** The session's own startup has been read. */
  #isGreeted = false;
  #scanner = new OutputScanner();
  #holder: Player | undefined;
  /** The holder has left, and what it began is being rolled back. */
  #isDismissing = false;
  #waiting: Waiting[] = [];
  /** Numbers of clients that have left without holding a turn, and have something in the session. */
  #left: number[] = [];
  #unit = 0;
  #isPaused = false;
  readonly #answers = new Map<number, ((answer: Answer) => void)[]>();
  /** What waits for the session to be open. */
  #whenOpen: (() => void)[] = [];
  #clock: NodeJS.Timeout | undefined;
  readonly #players = new Map<number, Player>();

  constructor(engine: EmbeddedEngine, limits: Limits, onFailed: (error: Error) => void) {
    this.#engine = engine;
    this.#limits = limits;
    this.#onFailed = onFailed;
  }

  /** A new client, with the settings of its startup. */
  async admit(player: Player, settings: readonly (readonly [string, string])[]): Promise<Answer> {
    await this.#opened();
    this.#players.set(player.member, player);
    return this.ask(player, { kind: "admit", settings });
  }

  /** Something about settings, at any time. */
  ask(player: Player, question: Question): Promise<Answer> {
    return new Promise((resolve) => {
      const waiting = this.#answers.get(player.member) ?? [];
      waiting.push(resolve);
      this.#answers.set(player.member, waiting);
      this.#session?.ask(player.member, question);
    });
  }

  /** Calls `onTurn` when it is the client's turn. */
  request(player: Player): void {
    if (this.#waiting.some((waiting) => waiting.player === player)) return;
    this.#waiting.push({ player, since: performance.now(), isForLock: false });
    this.#next();
    if (this.#holder !== undefined) this.#watch();
  }

  /**
   * Calls `onTurn` when it is the client's turn and an advisory lock was released.
   * @param since when it began to wait
   */
  requestLock(player: Player, since: number): void {
    this.#waiting.push({ player, since, isForLock: true });
    this.#watch();
  }

  /** Whether another client holds its turn, and executes nothing. */
  isBlocked(player: Player): boolean {
    return this.#holder !== undefined && this.#holder !== player && this.#holder.idleSince !== undefined;
  }

  /** The client whose turn it is has begun to be idle in its transaction. */
  idle(): void {
    for (const { player, isForLock } of this.#waiting.slice()) if (!isForLock) player.onBlocked();
  }

  /** The client needs no turn any more. */
  withdraw(player: Player): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.player !== player);
  }

  /** The client's turn is over. */
  release(player: Player): void {
    if (this.#holder !== player) return;
    this.#holder = undefined;
    this.#next();
  }

  /** Starts a unit of statements, which `cancel` refers to. */
  begin(): number {
    this.#unit = (this.#unit % 0x7fff_fff0) + 1;
    return this.#unit;
  }

  send(player: Player, bytes: Uint8Array<ArrayBuffer>): void {
    this.#session?.send(player.member, bytes, this.#unit);
    if (this.#waiting.length > 0 || this.#limits.idleInTransaction + player.limits.idleInTransaction > 0)
      this.#watch();
  }

  /** Cancels the running statements of a client, if it has any. */
  cancel(player: Player): void {
    if (this.#holder === player && player.idleSince === undefined) this.#session?.cancel(this.#unit);
  }

  read(bytes: number): void {
    this.#session?.read(bytes);
  }

  /** The client has disconnected: rolls back what it has begun. */
  leave(player: Player): void {
    if (!this.#players.delete(player.member)) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting.player !== player);
    if (this.#holder === player) this.#dismissHolder(player);
    else {
      this.#left.push(player.member);
      this.#next();
    }
  }

  /** Waits until the engine is idle and without clients, who must have left; new ones wait until `resume`. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#left = [];
    const session = this.#session;
    this.#session = undefined;
    this.#isGreeted = false;
    await session?.end();
    this.#holder = undefined;
    this.#isDismissing = false;
    this.#scanner = new OutputScanner();
    this.#answers.clear();
    this.reported.clear();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#whenOpen.length > 0) this.#open();
  }

  #opened(): Promise<void> {
    if (this.#isGreeted) return Promise.resolve();
    const opened = new Promise<void>((resolve) => this.#whenOpen.push(resolve));
    if (!this.#isPaused) this.#open();
    return opened;
  }

  #open(): void {
    this.#session ??= this.#engine.share({
      onData: (bytes) => this.#onData(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      onMember: (message) => this.#onMember(message),
      onFailed: (error) => this.#onFailed(error),
      interruptLimit: this.#limits.interrupt,
    });
    if (this.#session === undefined) this.#onFailed(new Error("the embedded database has another client"));
  }

  #next(): void {
    if (this.#holder !== undefined || this.#isDismissing || this.#session === undefined) return;
    const left = this.#left.shift();
    if (left !== undefined) {
      this.#isDismissing = true;
      this.#session.dismiss(left);
      return;
    }
    const index = this.#waiting.findIndex((waiting) => !waiting.isForLock);
    const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (next === undefined) return;
    this.#holder = next.player;
    next.player.onTurn();
  }

  #dismissHolder(player: Player): void {
    this.#holder = undefined;
    this.#isDismissing = true;
    if (player.idleSince === undefined) this.#session?.cancel(this.#unit);
    this.#session?.dismiss(player.member);
  }

  #onData(bytes: Buffer): void {
    const holder = this.#holder;
    const wasHeld = holder !== undefined && !this.#isDismissing;
    if (!wasHeld) this.read(bytes.length);
    for (const output of this.#scanner.scan(bytes)) {
      if ("raw" in output) {
        if (this.#holder === holder) holder?.onRaw(output.raw);
        continue;
      }
      const { message } = output;
      if (message.type === 0x53) this.#note(message.bytes);
      if (!this.#isGreeted && message.type === 0x5a) this.#greeted();
      else if (holder !== undefined && this.#holder === holder) holder.onMessage(message);
    }
    if (holder !== undefined && wasHeld) holder.count(bytes.length);
  }

  #note(parameter: Buffer): void {
    const [name = "", value = ""] = parameter.toString("utf8", 5).split("\0");
    this.reported.set(name, value);
  }

  #greeted(): void {
    this.#isGreeted = true;
    for (const resolve of this.#whenOpen.splice(0)) resolve();
  }

  #onMember(message: AboutMember): void {
    if (message.kind === "dismissed") {
      this.#isDismissing = false;
      this.#next();
    } else if (message.kind === "lock-released") {
      this.#waiting = this.#waiting.map((waiting) => ({ ...waiting, isForLock: false }));
      this.#next();
    } else if (message.kind === "limits") {
      const player = this.#players.get(message.member);
      if (player !== undefined) player.limits = message.limits;
    } else if (message.kind === "end-member") {
      if (!this.#isDismissing) this.#holder?.terminate(endings[message.ending]);
    } else {
      this.#answers.get(message.member)?.shift()?.(message.answer);
    }
  }

  /** Checks limits while a client waits or holds a turn. */
  #watch(): void {
    this.#clock ??= setInterval(() => this.#check(), pace).unref();
  }

  #check(): void {
    const now = performance.now();
    const holder = this.#holder;
    for (const { player, since, isForLock } of this.#waiting.slice()) {
      const { lockTimeout: limit } = player.limits;
      if (limit === 0 || now - since < limit) continue;
      this.#waiting = this.#waiting.filter((waiting) => waiting.player !== player);
      player.onTimeout(isForLock ? advisoryTimeout : lockTimeout(holder));
    }
    if (holder !== undefined)
      for (const refusal of overstays(holder, this.#limits, this.#waiting.length > 0, now))
        holder.terminate(refusal);
    if (this.#holder !== undefined || this.#waiting.length > 0) return;
    clearInterval(this.#clock);
    this.#clock = undefined;
  }
}
