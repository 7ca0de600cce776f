import type { Ending } from "../database/embedded/messages.ts";
import type { Player } from "./player.ts";
import type { Refusal } from "./protocol.ts";

export interface Limits {
  /** How long a client may hold its turn without a running statement, in milliseconds; 0 for no limit. */
  readonly idleInTransaction: number;
  /** How long a statement may continue that was cancelled, in milliseconds; then the engine is restarted. */
  readonly interrupt: number;
}

/** How long others wait for a client that does not read what it has asked for, in milliseconds. */
const stallLimit = 10_000;

/**
 * Why a client must end whose turn has taken too long.
 * @param isWaitedFor whether other clients wait
 * @param now `performance.now()`
 */
export function* overstays(
  holder: Player,
  limits: Limits,
  isWaitedFor: boolean,
  now: number,
): Generator<Refusal> {
  const idleLimits = [limits.idleInTransaction, holder.limits.idleInTransaction];
  const shortest = Math.min(...idleLimits.filter((limit) => limit > 0));
  const { idleSince } = holder;
  if (idleSince !== undefined && now - idleSince >= shortest)
    yield { sqlState: "25P03", message: "terminating connection due to idle-in-transaction timeout" };
  const { stalledSince } = holder;
  if (isWaitedFor && stalledSince !== undefined && now - stalledSince >= stallLimit)
    yield {
      sqlState: "57014",
      message: "terminating connection because the client does not read its results while others wait",
    };
}

/** How a client ends when PostgreSQL would end its backend. */
export const endings: Readonly<Record<Ending, Refusal>> = {
  terminated: { sqlState: "57P01", message: "terminating connection due to administrator command" },
  "transaction-timeout": { sqlState: "25P04", message: "terminating connection due to transaction timeout" },
};

/** A client has waited too long for an advisory lock. */
export const advisoryTimeout: Refusal = {
  sqlState: "55P03",
  message: "canceling statement due to lock timeout",
  detail: "Another client holds the advisory lock.",
};

/** A client has waited too long for its turn. */
export function lockTimeout(holder: Player | undefined): Refusal {
  const what = holder?.idleSince === undefined ? "a statement" : "an open transaction";
  return {
    sqlState: "55P03",
    message: "canceling statement due to lock timeout",
    detail:
      holder === undefined ? "The session is busy." : `The session is held by ${what} of ${holder.label}.`,
    hint: "All clients share one session: end that transaction, or raise lock_timeout.",
  };
}
