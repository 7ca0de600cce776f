import { readStartup } from "../database/embedded/wire.ts";
import { ScramServer, type Verifier } from "./login.ts";
import { authentication, Framer, fromClient, type Message, type Refusal } from "./protocol.ts";
import { readWishes, refuseVersion, type Wishes } from "./startup.ts";
import type { Turns } from "./turns.ts";

/** What all clients of one database have in common. */
export interface Host {
  readonly turns: Turns;
  readonly database: string;
  /** The only user. */
  readonly user: string;
  /** Undefined when no password is asked for. */
  readonly verifier: Promise<Verifier> | undefined;
  /** In milliseconds. */
  readonly lockTimeout: number;
  cancel(pid: number, key: Buffer): void;
  /** Why no further client can be served; undefined if one can. */
  refusal(): Refusal | undefined;
  onLeft(member: number): void;
}

/** The connection that an {@link Entrance} writes to. */
export interface Visitor {
  reply(...parts: readonly Buffer[]): void;
  terminate(refusal: Refusal): void;
  close(): void;
}

/** How long a startup may take, in milliseconds, as PostgreSQL's authentication_timeout. */
const deadline = 60_000;

/** The part of a connection before its session: requests for encryption and to cancel, the version, the password. */
export class Entrance {
  readonly #host: Host;
  readonly #visitor: Visitor;
  readonly #onAdmitted: (wishes: Wishes) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #head: Buffer = Buffer.alloc(0);
  #wishes: Wishes | undefined;
  #framer = new Framer();
  #scram: ScramServer | undefined;
  #isAdmitted = false;
  #isAnswering = false;
  readonly #messages: Message[] = [];

  constructor(host: Host, visitor: Visitor, onAdmitted: (wishes: Wishes) => Promise<void>) {
    this.#host = host;
    this.#visitor = visitor;
    this.#onAdmitted = onAdmitted;
    this.#timer = setTimeout(() => visitor.close(), deadline).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Returns the bytes that follow the startup. */
  accept(chunk: Buffer): Buffer {
    if (this.#isAdmitted) return chunk;
    if (this.#wishes !== undefined) return this.#receive(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    for (;;) {
      const packet = readStartup(this.#head);
      if (packet.kind === "encryption") {
        this.#head = this.#head.subarray(packet.length);
        this.#visitor.reply(Buffer.from("N"));
        continue;
      }
      if (packet.kind === "cancel") {
        this.#host.cancel(packet.pid, packet.key);
        this.#visitor.close();
      } else if (packet.kind === "unsupported") {
        if (packet.version !== undefined && packet.version >>> 16 < 100)
          this.#visitor.reply(refuseVersion(packet.version));
        this.#visitor.close();
      } else if (packet.kind === "start") {
        const rest = this.#head.subarray(packet.length);
        this.#begin(readWishes(packet.minor, packet.parameters));
        return rest.length > 0 ? this.accept(rest) : rest;
      }
      return Buffer.alloc(0);
    }
  }

  #begin(given: Wishes | Refusal): void {
    const wishes = this.#host.refusal() ?? given;
    if ("sqlState" in wishes) {
      this.#visitor.terminate(wishes);
      return;
    }
    this.#wishes = wishes;
    if (wishes.negotiation !== undefined) this.#visitor.reply(wishes.negotiation);
    if (this.#host.verifier === undefined) this.#admit();
    else this.#visitor.reply(authentication(10, "SCRAM-SHA-256\0\0"));
  }

  #receive(chunk: Buffer): Buffer {
    this.#messages.push(...this.#framer.push(chunk));
    void this.#answer();
    return Buffer.alloc(0);
  }

  async #answer(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    const verifier = await this.#host.verifier;
    for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) {
      if (next.type !== fromClient.password || verifier === undefined) {
        this.#visitor.close();
        return;
      }
      if (this.#scram === undefined) this.#startScram(next.bytes, verifier);
      else this.#endScram(this.#scram, next.bytes.toString("utf8", 5));
    }
    this.#isAnswering = false;
  }

  #startScram(bytes: Buffer, verifier: Verifier): void {
    const end = bytes.indexOf(0, 5);
    this.#scram = new ScramServer(verifier);
    const isKnown = bytes.toString("latin1", 5, end) === "SCRAM-SHA-256";
    const answer = isKnown ? this.#scram.first(bytes.toString("utf8", end + 5)) : undefined;
    if (answer === undefined)
      this.#visitor.terminate({
        sqlState: "08P01",
        message: "malformed SCRAM message, or another mechanism",
      });
    else this.#visitor.reply(authentication(11, answer));
  }

  #endScram(scram: ScramServer, message: string): void {
    const answer = scram.final(message);
    if (answer === undefined || this.#wishes?.user !== this.#host.user) {
      this.#visitor.terminate({
        sqlState: "28P01",
        message: `password authentication failed for user "${this.#wishes?.user ?? ""}"`,
      });
      return;
    }
    this.#visitor.reply(authentication(12, answer));
    this.#admit();
  }

  #admit(): void {
    const wishes = this.#wishes;
    const { database, user } = this.#host;
    if (wishes === undefined) return;
    if (wishes.user !== user) {
      this.#visitor.terminate({ sqlState: "28000", message: `role "${wishes.user}" does not exist` });
    } else if (wishes.database !== database) {
      this.#visitor.terminate({ sqlState: "3D000", message: `database "${wishes.database}" does not exist` });
    } else {
      this.#isAdmitted = true;
      this.close();
      this.#visitor.reply(authentication(0));
      void this.#onAdmitted(wishes);
    }
  }
}
