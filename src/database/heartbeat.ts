import { SocratesError } from "../errors.ts";
import type { Session } from "./session.ts";

/**
 * What another connection finds out about a session's backend: it runs the statement; it has finished, so the answer
 * should have arrived; it has ended; the server cannot be reached; or nothing is known.
 */
export type BackendState = "working" | "done" | "gone" | "unreachable" | "unknown";

/** How long to wait for an answer before checking, and between two checks, in milliseconds. */
const interval = 15_000;

/** How many checks in a row must find it before the connection counts as lost. */
const patience: Readonly<Partial<Record<BackendState, number>>> = { done: 2, gone: 2, unreachable: 3 };

const reasons: Readonly<Record<string, string>> = {
  done: "the server has answered, but the answer did not arrive",
  gone: "its process on the server has ended",
  unreachable: "the server can no longer be reached",
};

/**
 * Waits for the answer to a statement, which may take hours. A connection can go silent forever, as when a firewall
 * drops it, so after a while a second connection checks the backend.
 * @param probe checks the backend
 * @param onLost creates the error to throw if the answer will not arrive
 */
export async function withHeartbeat<T>(
  answer: Promise<T>,
  probe: () => Promise<BackendState>,
  onLost: (reason: string) => Error,
  pause: number = interval,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let last: BackendState = "working";
  let times = 0;
  // Timers and no abort signal: nearly every statement answers at once, and there may be thousands.
  const lost = new Promise<never>((_, reject) => {
    const look = async () => {
      const state = await probe();
      times = state === last ? times + 1 : 1;
      last = state;
      if (times >= (patience[state] ?? Number.POSITIVE_INFINITY)) reject(onLost(reasons[state] ?? state));
      else if (!isOver) wait();
    };
    const wait = () => {
      timer = setTimeout(() => void look().catch(reject), pause);
    };
    wait();
  });
  try {
    return await Promise.race([answer, lost]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    lost.catch(() => {});
  }
}

/** Whether anything runs for this role in this database, besides the check itself. */
const busy =
  "usename = session_user AND datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'";

/**
 * Checks a backend over a separate connection. Behind a pooler another process serves each transaction, and the
 * process number of the startup is invented: there a statement has ended when nothing runs for the role.
 */
export async function probeBackend(open: () => Promise<Session>, pid: number): Promise<BackendState> {
  let session: Session | undefined;
  try {
    session = await open();
    const [row] = await session.read<{ own: number; state: string | null; found: boolean; busy: boolean }>(
      `SELECT pg_backend_pid() AS own, max(state) FILTER (WHERE pid = ${pid}) AS state, count(*) FILTER (WHERE pid = ${pid}) > 0 AS found,
       count(*) FILTER (WHERE ${busy}) > 0 AS busy FROM pg_stat_activity`,
    );
    if (row === undefined) return "unknown";
    if (row.own !== session.reportedPid()) return row.busy ? "unknown" : "done";
    if (!row.found) return "gone";
    return row.state?.startsWith("idle") ? "done" : "working";
  } catch (error) {
    // A server that rejects the login, for example because it is full, is still there.
    return error instanceof SocratesError && error.sql === undefined ? "unreachable" : "unknown";
  } finally {
    await session?.close();
  }
}
