import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { interrupted } from "./transaction.ts";

/** Whether an error may result from cancelling a statement; an embedded engine is cancelled by ending it. */
function isCancelled(error: unknown): boolean {
  return !(error instanceof SocratesError) || error.code === "embedded-failed";
}

/**
 * Runs `work`; when the signal is aborted, the statements on its sessions are cancelled.
 * @throws SocratesError `interrupted` in place of the error of a cancelled statement
 */
export async function withCancel<T>(
  signal: AbortSignal,
  sessions: readonly Session[],
  work: () => Promise<T>,
): Promise<T> {
  const cancel = () => void Promise.all(sessions.map((session) => session.cancel()));
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await work();
  } catch (error) {
    throw signal.aborted && isCancelled(error) ? interrupted() : error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
