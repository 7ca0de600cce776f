import { withDeadline } from "../database/deadline.ts";
import type { Session } from "../database/session.ts";

/**
 * What is between a session and its backend: nothing; a pooler that keeps the backend for the session; or one that may
 * use another one for each transaction, so that no lock and no setting outlives it.
 */
export type Pooling = "none" | "session" | "transaction";

/** How often both connections show their backends; a busy pool may hand the same one out twice by chance. */
const rounds = 5;

/** Longest wait for a second backend, in milliseconds: a pool may be used up. */
const patience = 5_000;

async function backendOf(session: Session): Promise<number | undefined> {
  const [row] = await session.run<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  return row?.pid;
}

/** Whether a backend stays with its session, while another session of ours begins and ends transactions. */
async function staysWith(session: Session, other: Session, pid: number): Promise<boolean> {
  for (let round = 0; round < rounds; round++) {
    await other.run("BEGIN");
    // A pooler that shares backends gives the one that was free last to whoever asks next.
    if ((await backendOf(other)) === pid || (await backendOf(session)) !== pid) return false;
    await other.run("ROLLBACK");
  }
  return true;
}

/**
 * Finds out how a session is pooled. A pooler makes up the process number of the start-up message (seen in PgBouncer);
 * whether it shares backends is tried with a second connection. What cannot be found out counts as shared.
 * @param pid the backend that served the first transaction
 * @param open opens another session on the same target
 */
export async function poolingOf(
  session: Session,
  pid: number,
  open: () => Promise<Session>,
): Promise<Pooling> {
  if (session.target.kind === "embedded" || session.reportedPid() === pid) return "none";
  let other: Session | undefined;
  try {
    other = await open();
    const work = staysWith(session, other, pid);
    work.catch(() => {});
    const stays = await withDeadline(work, patience, () => new Error("the pool has no second backend"));
    return stays ? "session" : "transaction";
  } catch {
    return "transaction";
  } finally {
    await other?.close();
  }
}
