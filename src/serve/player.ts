import type { MemberLimits } from "../database/embedded/messages.ts";
import type { Message, Refusal } from "./protocol.ts";

/** A client that takes turns. */
export interface Player {
  /** Its number, from 1 on. */
  readonly member: number;
  readonly pid: number;
  /** How long it waits for its turn, and how long it may be idle in a transaction. */
  limits: MemberLimits;
  /** Whether it holds its turn without a running statement, and since when (`performance.now()`). */
  readonly idleSince: number | undefined;
  /** Since when it has not read what it was sent. */
  readonly stalledSince: number | undefined;
  /** How it is called in messages to others. */
  readonly label: string;
  onTurn(): void;
  /** PostgreSQL's output during its turn. */
  onRaw(bytes: Buffer): void;
  onMessage(message: Message): void;
  /** So many bytes of output are complete: to be reported to `read` as the client reads them. */
  count(bytes: number): void;
  /** Another client holds its turn and is idle: what needs no turn can be answered now. */
  onBlocked(): void;
  /** It has waited too long. */
  onTimeout(refusal: Refusal): void;
  /** Ends the connection with an error. */
  terminate(refusal: Refusal): void;
}
