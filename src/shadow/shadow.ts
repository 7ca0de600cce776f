import { openSession, type Session } from "../database/session.ts";
import { databases } from "../databases.ts";

/**
 * Runs `work` on an empty embedded database in memory, which is gone afterwards. It speaks the dialect of the newest
 * PostgreSQL, whatever server the application uses.
 * @param signal ends the database, whatever it is doing; `work` then fails
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function withShadow<T>(
  work: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // The prepared image holds the databases of the list; which of them it is makes no difference to an empty one.
  const name = databases[0]?.name ?? "";
  const session = await openSession({
    key: "shadow",
    name,
    target: { kind: "embedded", directory: null },
    applicationName: "socrates-db shadow",
  });
  const end = () => void session.close();
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    await session.run("SET search_path = public, pg_temp");
    return await work(session);
  } finally {
    signal?.removeEventListener("abort", end);
    await session.close();
  }
}
