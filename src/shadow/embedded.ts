import { insideTransaction } from "../database/inside-transaction.ts";
import { openSession, type Session } from "../database/session.ts";
import { identifier } from "../sql/quote.ts";
import { AbsentExtensions } from "./absent-extensions.ts";
import { missingRole, missingTablespace, type Shadow } from "./shadow.ts";

/** Roles belong to the server, so no migration or document creates those that it names. */
function createRole(error: unknown): readonly string[] | undefined {
  const role = missingRole(error);
  return role === undefined ? undefined : [`CREATE ROLE ${identifier(role)}`];
}

/** So do tablespaces: this one is in the folder of the data (`allow_in_place_tablespaces`, manual 19.17). */
function createTablespace(error: unknown): readonly string[] | undefined {
  const name = missingTablespace(error);
  return name === undefined
    ? undefined
    : ["SET allow_in_place_tablespaces = on", `CREATE TABLESPACE ${identifier(name)} LOCATION ''`];
}

/**
 * Runs SQL, and first creates what it takes from the server: roles, tablespaces and extensions. A failed message has no
 * effect, as it is one transaction.
 * @param repair statements after which a failed message may succeed, each a message of its own
 */
async function runRepaired<Row extends object>(
  session: Session,
  sql: string,
  repair: (error: unknown) => readonly string[] | undefined,
): Promise<readonly Row[]> {
  for (let last: string | undefined; ; ) {
    try {
      return await session.run<Row>(sql);
    } catch (error) {
      const repaired = repair(error);
      if (repaired === undefined || repaired.join() === last) throw error;
      last = repaired.join();
      // A script may have opened the transaction that failed.
      for (const statement of ["ROLLBACK", ...repaired]) await session.run(statement);
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
  const repair = (error: unknown) => createRole(error) ?? createTablespace(error) ?? absent.repair(error);
  return {
    ...session,
    runAsIs: session.run,
    run: (sql) => runRepaired(session, sql, repair),
    skips: () => false,
    lacks: (error) => absent.lacks(error),
    leaveOut: (sql, error) => absent.leaveOut(sql, error),
    readSchema: (options) => absent.readSchema(session, options),
    readSchemaInside: (options) => absent.readSchema(insideTransaction(session), options),
  };
}
