import { withDeadline } from "../database/deadline.ts";
import type { Session } from "../database/session.ts";

/**
 * What is between a session and its backend: nothing; a pooler that keeps the backend for the session; or one that
 * may use a different one for each transaction, so that locks and settings do not outlive it.
 */
export type Pooling = "none" | "session" | "transaction";

/** How many times both connections read their backends; a busy pool may return the same one by chance several times. */
const rounds = 25;

/** Maximum wait for one answer, in milliseconds: an exhausted pool gives none, a slow one gives all of them. */
const patience = 15_000;

async function answerOf<Row extends object>(session: Session, sql: string): Promise<Row | undefined> {
  const answer = session.run<Row>(sql);
  answer.catch(() => {});
  const [row] = await withDeadline(answer, patience, () => new Error("the pool has no second backend"));
  return row;
}

async function backendOf(session: Session): Promise<number | undefined> {
  return (await answerOf<{ pid: number }>(session, "SELECT pg_catalog.pg_backend_pid() AS pid"))?.pid;
}

/** Whether a session keeps its backend, while another session of ours begins and ends transactions. */
async function staysWith(session: Session, other: Session, pid: number): Promise<boolean> {
  for (let round = 0; round < rounds; round++) {
    await answerOf(other, "BEGIN");
    // A pooler that shares backends gives the most recently freed one to the next client.
    if ((await backendOf(other)) === pid || (await backendOf(session)) !== pid) return false;
    await answerOf(other, "ROLLBACK");
  }
  return true;
}

/**
 * Finds out how a session is pooled. A pooler invents the process number of the startup message (as PgBouncer does);
 * a second connection shows whether it shares backends. If that cannot be found out, it counts as shared.
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
    return (await staysWith(session, other, pid)) ? "session" : "transaction";
  } catch {
    return "transaction";
  } finally {
    await other?.close();
  }
}
