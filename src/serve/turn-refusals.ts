import type { Ending } from "../database/embedded/messages.ts";
import type { Player } from "./player.ts";
import type { Refusal } from "./protocol.ts";

/** How a client ends when PostgreSQL would end its backend. */
export const endings: Readonly<Record<Ending, Refusal>> = {
  terminated: { sqlState: "57P01", message: "terminating connection due to administrator command" },
  "transaction-timeout": { sqlState: "25P04", message: "terminating connection due to transaction timeout" },
};

export const advisoryTimeout: Refusal = {
  sqlState: "55P03",
  message: "canceling statement due to lock timeout",
  detail: "Another client holds the advisory lock.",
};

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
