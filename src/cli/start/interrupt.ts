import { interrupted } from "../../runner/transaction.ts";
import type { Io } from "../io.ts";

/** Exit code of a process that a signal ended, by shell convention: 128 plus the number of SIGINT. */
const stoppedAtOnce = 130;

/**
 * Runs `work` with a signal that SIGINT and SIGTERM abort: the running statement is cancelled and rolled back. A
 * second one ends the process at once, and the server rolls back.
 */
export async function withInterrupt<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(stoppedAtOnce);
    io.err("cancelling and rolling back; press again to stop at once");
    controller.abort(interrupted());
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
