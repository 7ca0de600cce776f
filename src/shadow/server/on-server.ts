import { readSchema } from "../../catalog/read.ts";
import { insideTransaction } from "../../database/inside-transaction.ts";
import { openSession } from "../../database/session.ts";
import { keepAliveSql } from "../../database/session-sql.ts";
import { SocratesError } from "../../errors.ts";
import { type Schema, schemaOf, type Uncovered } from "../../schema/model.ts";
import { missingRole, type Shadow, shownSql } from "../shadow.ts";
import type { ServerPlace } from "./server-place.ts";
import { isServerWide } from "./server-wide.ts";
import { createShadowDatabase } from "./shadow-database.ts";
import { shadowServerAt } from "./shadow-server.ts";

function roleMissing(role: string, label: string, cause: unknown): SocratesError {
  return new SocratesError(
    "shadow-failed",
    `the role "${role}" does not exist on the shadow's server, ${label}`,
    {
      hint: "Create it there, or use the embedded engine, which creates the roles that SQL names.",
      cause,
    },
  );
}

/**
 * Opens an empty database on a server. What belongs to the whole server is neither created nor changed.
 * @param database key or name of the database that the shadow is for
 * @throws SocratesError `privilege-missing`, `shadow-failed`, `pooler-unsupported`, and connection errors
 */
export async function openOnServer(place: ServerPlace, database: string | undefined): Promise<Shadow> {
  const created = await createShadowDatabase(shadowServerAt(place), database);
  const session = await openSession({
    key: "shadow",
    name: "the shadow",
    target: created.target,
    applicationName: "socrates-db shadow",
  });
  const leftOut: Uncovered[] = [];
  const withLeftOut = ({ objects, uncovered, serverVersion }: Schema) =>
    schemaOf(objects.values(), [...uncovered, ...leftOut], serverVersion);
  const close = async () => {
    await session.close();
    await created.drop();
  };
  try {
    await session.run(`${keepAliveSql} SET search_path = public, pg_temp`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...session,
    runAsIs: session.run,
    run: async <Row extends object>(sql: string) => {
      try {
        return await session.run<Row>(sql);
      } catch (error) {
        // The process ends as soon as the database is dropped: nothing more to report.
        if (created.isStopping()) return new Promise<never>(() => {});
        const role = missingRole(error);
        throw role === undefined ? error : roleMissing(role, session.label, error);
      }
    },
    skips: (sql) => {
      const skips = isServerWide(sql);
      if (skips)
        leftOut.push({
          what: "statement",
          name: shownSql(sql),
          reason: "it changes the shadow's whole server, so it is not run there",
        });
      return skips;
    },
    lacks: () => false,
    leaveOut: () => false,
    readSchema: async (options) => withLeftOut(await readSchema(session, options)),
    readSchemaInside: async (options) => withLeftOut(await readSchema(insideTransaction(session), options)),
    close,
  };
}
