import { insideTransaction } from "../database/inside-transaction.ts";
import { openSession, type Session } from "../database/session.ts";
import { identifier } from "../sql/quote.ts";
import { AbsentExtensions } from "./absent-extensions.ts";
import { missingRole, type Shadow } from "./shadow.ts";

/** Roles belong to the server, so no migration or document creates those that it names. */
function createRole(error: unknown): string | undefined {
  const role = missingRole(error);
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
export async function openEmbedded(): Promise<Shadow> {
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
    skips: () => false,
    lacks: (error) => absent.lacks(error),
    leaveOut: (sql, error) => absent.leaveOut(sql, error),
    readSchema: (options) => absent.readSchema(session, options),
    readSchemaInside: (options) => absent.readSchema(insideTransaction(session), options),
  };
}
