import type { ReadSchemaOptions } from "../catalog/read.ts";
import { isServerError } from "../database/server-error.ts";
import { openSession, type Session } from "../database/session.ts";
import type { Schema } from "../schema/model.ts";
import { identifier } from "../sql/quote.ts";
import { AbsentExtensions } from "./absent-extensions.ts";

/** An embedded database in memory, for SQL that others wrote. */
export interface Shadow extends Session {
  /** Whether SQL may have failed because it depends on an extension that the engine lacks. */
  lacks(error: unknown): boolean;
  /** Whether a failed statement is left out, and reported, as it depends on an extension that the engine lacks. */
  leaveOut(sql: string, error: unknown): boolean;
  /** The schema, with what was left out. */
  readSchema(options?: ReadSchemaOptions): Promise<Schema>;
}

/** Roles belong to the server, so no migration or document creates those that it names. */
function createRole(error: unknown): string | undefined {
  const role = isServerError(error) ? /^role "(.+)" does not exist$/.exec(error.message)?.[1] : undefined;
  return role === undefined ? undefined : `CREATE ROLE ${identifier(role)}`;
}

/**
 * Runs SQL, and first creates what it takes from the server: roles and extensions. A failed message has no effect, as
 * it is one transaction.
 * @param repair SQL after which a failed message may succeed
 */
async function runRepaired<Row extends object>(
  session: Session,
  sql: string,
  repair: (error: unknown) => string | undefined,
): Promise<readonly Row[]> {
  for (let last: string | undefined; ; ) {
    try {
      return await session.run<Row>(sql);
    } catch (error) {
      const repaired = repair(error);
      if (repaired === undefined || repaired === last) throw error;
      last = repaired;
      // A script may have opened the transaction that failed.
      await session.run(`ROLLBACK; ${repaired}`);
    }
  }
}

/**
 * Opens an empty embedded database in memory. It is the newest PostgreSQL, whatever server the application uses.
 * @throws SocratesError `image-missing`, `embedded-failed`
 */
export async function openShadow(): Promise<Shadow> {
  const session = await openSession({
    key: "shadow",
    name: "shadow",
    target: { kind: "embedded", directory: null },
    applicationName: "socrates-db shadow",
  });
  await session.run("SET search_path = public, pg_temp");
  const absent = new AbsentExtensions();
  const repair = (error: unknown) => createRole(error) ?? absent.repair(error);
  return {
    ...session,
    run: (sql) => runRepaired(session, sql, repair),
    lacks: (error) => absent.lacks(error),
    leaveOut: (sql, error) => absent.leaveOut(sql, error),
    readSchema: (options) => absent.readSchema(session, options),
  };
}

/**
 * Runs `work` on a shadow, and closes it.
 * @param signal ends the database, whatever it is doing; `work` then fails
 */
export async function withShadow<T>(work: (shadow: Shadow) => Promise<T>, signal?: AbortSignal): Promise<T> {
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
