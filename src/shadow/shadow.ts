import { isServerError } from "../database/server-error.ts";
import { openSession, type Session } from "../database/session.ts";
import { identifier } from "../sql/quote.ts";

/**
 * Runs SQL, and creates the roles that it names: they belong to the server, so no migration or document creates them.
 * A failed message has no effect, as it is one transaction.
 */
async function runWithRoles<Row extends object>(session: Session, sql: string): Promise<readonly Row[]> {
  for (let created: string | undefined; ; ) {
    try {
      return await session.run<Row>(sql);
    } catch (error) {
      const role = isServerError(error) ? /^role "(.+)" does not exist$/.exec(error.message)?.[1] : undefined;
      if (role === undefined || role === created) throw error;
      created = role;
      // A script may have opened the transaction that failed.
      await session.run(`ROLLBACK; CREATE ROLE ${identifier(role)}`);
    }
  }
}

/**
 * Opens an empty embedded database in memory. It is the newest PostgreSQL, whatever server the application uses.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function openShadow(): Promise<Session> {
  const session = await openSession({
    key: "shadow",
    name: "shadow",
    target: { kind: "embedded", directory: null },
    applicationName: "socrates-db shadow",
  });
  await session.run("SET search_path = public, pg_temp");
  return { ...session, run: (sql) => runWithRoles(session, sql) };
}

/**
 * Runs `work` on a shadow, and closes it.
 * @param signal ends the database, whatever it is doing; `work` then fails
 */
export async function withShadow<T>(
  work: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const session = await openShadow();
  const end = () => void session.close();
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    return await work(session);
  } finally {
    signal?.removeEventListener("abort", end);
    await session.close();
  }
}
