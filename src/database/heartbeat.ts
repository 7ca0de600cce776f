import { SocratesError } from "../errors.ts";
import type { Session } from "./session.ts";

/**
 * What another connection sees of a session's backend: it works on the statement; it is done, so that its answer should
 * have come; it is gone; the server cannot be reached; or nothing can be learnt of it.
 */
export type BackendState = "working" | "done" | "gone" | "unreachable" | "unknown";

/** How long an answer may stay out before somebody looks, and how long between two looks, in milliseconds. */
const interval = 15_000;

/** How often in a row it must be seen before the connection counts as lost. */
const patience: Readonly<Partial<Record<BackendState, number>>> = { done: 2, gone: 2, unreachable: 3 };

const reasons: Readonly<Record<string, string>> = {
  done: "the server has answered, but the answer did not arrive",
  gone: "its process on the server has ended",
  unreachable: "the server can no longer be reached",
};

/**
 * Waits for the answer to a statement, which may take hours. A connection can go silent for ever, as when a firewall
 * forgets it, so after a while a second connection looks after the backend.
 * @param probe looks at the backend
 * @param onLost makes the error that is thrown when the answer will not come
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

/** Whether anything runs for this role in this database, besides whoever looks. */
const busy =
  "usename = session_user AND datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'";

/**
 * Looks at a backend over a connection of its own. Behind a pooler another process serves every transaction, and the
 * number that the start-up named is made up: there the statement is known to be over when nothing runs for the role.
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
    // A server that refuses the log-in, as when it is full, is there.
    return error instanceof SocratesError && error.sql === undefined ? "unreachable" : "unknown";
  } finally {
    await session?.close();
  }
}
