import { constantAnswer } from "./constant-answer.ts";
import type { Inbox } from "./inbox.ts";
import type { KnownParameters } from "./known-parameters.ts";
import type { Player } from "./player.ts";
import {
  asWarning,
  build,
  commandComplete,
  errorResponse,
  fromClient,
  fromServer,
  type Message,
  oneText,
  readyForQuery,
} from "./protocol.ts";
import { type SimpleSetting, simpleSetting } from "./settings.ts";
import type { Turns } from "./turns.ts";

const parseComplete = build("1");

/** The client that is answered. */
export interface Asker {
  readonly player: Player;
  readonly turns: Turns;
  readonly inbox: Inbox;
  readonly known: KnownParameters;
  reply(...parts: readonly Buffer[]): void;
  /** Continues with the messages that follow. */
  work(): void;
}

/** Answers what needs no turn: a client that connects must not wait for another one's transaction. */
export class EarlyAnswers {
  readonly #asker: Asker;
  #isAsking = false;
  /** Parse messages that were answered while another client held a turn. */
  readonly #deferred: Message[] = [];
  /** How many answers to them are due, which the client already has. */
  #hidden = 0;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Whether the answer to a message is due. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** Whether PostgreSQL's output answers deferred messages. */
  get isHiding(): boolean {
    return this.#hidden > 0;
  }

  /** Returns true if the next message is answered without a turn, while another client holds one. */
  answer(): boolean {
    const { player, turns, inbox } = this.#asker;
    if (!turns.isBlocked(player)) return false;
    const { first, second } = inbox;
    const constant = constantAnswer(inbox.messages, player.pid, this.#deferred);
    if (constant !== undefined) {
      for (let left = constant.messages; left > 0; left--) inbox.take();
      this.#give(constant.parse, constant.answer);
      return true;
    }
    if (first?.type === fromClient.query) {
      const simple = simpleSetting(first.bytes.toString("utf8", 5, first.bytes.length - 1));
      if (simple === undefined) return false;
      turns.withdraw(player);
      void this.#ask(simple);
      return true;
    }
    if (first?.type !== fromClient.parse || second?.type !== fromClient.sync) return false;
    // Programs that serve several clients in one thread wait for this answer before they go on with the other one.
    inbox.take();
    inbox.take();
    this.#give(first, Buffer.concat([parseComplete, readyForQuery("I")]));
    return true;
  }

  /** @param parse is sent to PostgreSQL at the client's next turn */
  #give(parse: Message | undefined, answer: Buffer): void {
    const { player, turns } = this.#asker;
    turns.withdraw(player);
    if (parse !== undefined) this.#deferred.push(parse);
    this.#asker.reply(answer);
    this.#asker.work();
  }

  async #ask(simple: SimpleSetting): Promise<void> {
    const { player, turns, inbox, known } = this.#asker;
    inbox.take();
    this.#isAsking = true;
    const answer = await turns.ask(player, simple);
    this.#isAsking = false;
    if (answer.kind === "refused") {
      this.#asker.reply(errorResponse("ERROR", answer), readyForQuery("I"));
    } else {
      player.limits = answer.limits;
      const changes = known.learnAll(answer.reported.filter(([name]) => known.has(name)));
      this.#asker.reply(
        ...(simple.kind === "show" ? [oneText(simple.name, answer.shown)] : []),
        commandComplete(simple.kind.toUpperCase()),
        ...changes,
        readyForQuery("I"),
      );
    }
    this.#asker.work();
  }

  /** It is the client's turn. Returns the deferred messages, if there are any, whose output is then hidden. */
  takeDeferred(): Buffer | undefined {
    if (this.#deferred.length === 0) return undefined;
    const sync = build("S");
    this.#hidden = this.#deferred.length;
    return Buffer.concat(this.#deferred.splice(0).flatMap(({ bytes }) => [bytes, sync]));
  }

  /** Output that answers deferred messages. Returns true if it was the last of it. */
  hide({ type, bytes }: Message): boolean {
    if (type === fromServer.error) this.#asker.reply(asWarning(bytes));
    return type === fromServer.ready && --this.#hidden === 0;
  }
}
