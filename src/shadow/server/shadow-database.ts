import { randomInt } from "node:crypto";
import { isServerError } from "../../database/server-error.ts";
import type { Target } from "../../database/target.ts";
import { SocratesError } from "../../errors.ts";
import type { Connected } from "../../project/connect.ts";
import { identifier, literal } from "../../sql/quote.ts";
import { shadowComment, shadowLockSql, shadowName } from "./left-overs.ts";
import { creationOptions, describeLikeness, type Likeness, plainLikeness } from "./likeness.ts";
import type { ShadowServer } from "./shadow-server.ts";
import { whenStopped } from "./stopped.ts";

/** An empty database on a server, for one run. */
export interface ShadowDatabase {
  readonly target: Target;
  /** Whether a signal is ending the process, which drops the database while it is in use. */
  readonly isStopping: () => boolean;
  /** Drops it, also while clients are connected. Idempotent; never throws. */
  drop(): Promise<void>;
}

/** The largest number that both halves of a lock's key can have, as `pg_locks` shows them unsigned. */
const largest = 2 ** 31;

const insufficientPrivilege = "42501";

function refused({ session, info }: Connected, error: unknown): unknown {
  if (!isServerError(error)) return error;
  if (error.code === insufficientPrivilege)
    return new SocratesError(
      "privilege-missing",
      `${info.user} lacks the privilege to create a shadow on ${session.label}`,
      { hint: `As a superuser, run there: ALTER ROLE ${identifier(info.user)} CREATEDB`, cause: error },
    );
  return new SocratesError("shadow-failed", `${session.label} cannot create a shadow: ${error.message}`, {
    hint: "Use another server as --shadow, or the embedded engine.",
    cause: error,
  });
}

/** Creates the database with the wanted properties, or with plain ones if the server lacks, say, the locale. */
async function create(name: string, likeness: Likeness, on: Connected, server: ShadowServer): Promise<void> {
  const attempt = (options: Likeness) =>
    on.session.run(`CREATE DATABASE ${name} TEMPLATE template0 ${creationOptions(options)}`);
  try {
    await attempt(likeness).catch(async (error: unknown) => {
      if (!isServerError(error) || error.code === insufficientPrivilege || likeness === plainLikeness)
        throw error;
      const { message } = error;
      await attempt(plainLikeness);
      server.listener.warn(
        `the shadow has ${describeLikeness(plainLikeness)} instead of ${describeLikeness(likeness)}: ${message}`,
      );
    });
    await on.session.run(`COMMENT ON DATABASE ${name} IS ${literal(shadowComment)}`);
  } catch (error) {
    throw refused(on, error);
  }
}

/**
 * Creates an empty database for a shadow. It is dropped by `drop`, also on a signal; should the process be killed, by
 * the next run.
 * @param database key or name of the database that it is for
 * @throws SocratesError `privilege-missing`, `shadow-failed`, `pooler-unsupported`, and connection errors
 */
export async function createShadowDatabase(
  server: ShadowServer,
  database: string | undefined,
): Promise<ShadowDatabase> {
  const on = await server.connect();
  const number = randomInt(1, largest);
  const name = shadowName(number);
  const sql = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
  const remove = async () => {
    try {
      await on.session.run(sql).catch(async () => {
        // The first session may have been lost.
        const { session } = await server.connect();
        await session.run(sql).finally(() => session.close());
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      server.listener.warn(`the shadow ${name} on ${on.session.label} is not dropped: ${reason}`);
    }
    await on.session.close();
  };
  let removed: Promise<void> | undefined;
  const stopped = whenStopped(() => drop());
  const drop = () => {
    removed ??= remove().finally(() => stopped.forget());
    return removed;
  };
  try {
    await on.session.run(shadowLockSql(number));
    await create(name, await server.likenessOf(database, on), on, server);
  } catch (error) {
    await drop();
    throw error;
  }
  const { target } = on.session;
  return {
    target: target.kind === "server" ? { ...target, database: name } : target,
    isStopping: () => stopped.isStopping(),
    drop,
  };
}
