import { readSchema } from "../catalog/read.ts";
import { emptyDocument } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import { checkChains } from "../migrations/files.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase, withDatabases } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { everything } from "../sources/of-migrations.ts";
import { chainsOf, documentIfAny, shadowOptions } from "../sources/of-workspace.ts";
import { displayPath } from "../sql/source-file.ts";
import { assembleTrace, type Trace, type TracedDatabase } from "./assemble.ts";
import { findObject, matchesIn, type SearchedDatabase } from "./find.ts";
import { type LiveDatabase, liveState, readExtents } from "./live.ts";

/** Where a database is, in short form: a folder below the working directory, or its server. */
export function labelOf({ target, session }: OpenDatabase): string {
  return target.kind === "embedded" && target.directory !== null
    ? `the embedded database ${displayPath(target.directory)}`
    : session.label;
}

/** Reads a database; if that fails, the document and the migrations are still useful. */
async function readLive(input: DatabaseInput, text: string): Promise<LiveDatabase> {
  if (isAbsent(input)) return { reason: "the embedded database does not exist yet" };
  try {
    return await withDatabases([input], "trace", async ([open]) => {
      if (open === undefined) throw new Error(`${input.key} was not opened`);
      const { key, name, session, info, ledger } = open;
      const schema = await readSchema(session);
      const named = matchesIn({ database: key, name, schemas: [schema] }, text);
      return {
        label: labelOf(open),
        schema,
        applied: info.hasLedger ? new Set(ledger.rows.map(({ number }) => number)) : undefined,
        extents: await readExtents(
          session,
          named.map(({ object }) => object),
        ),
      };
    });
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    return { reason: error.message };
  }
}

/** All schemas in which an object of a database may be. */
function searched({ key, name, chain, documented, live }: TracedDatabase): SearchedDatabase {
  const schemas = [everything(chain), ...documented.slice(-1), ...("schema" in live ? [live.schema] : [])];
  return { database: key, name, schemas };
}

/**
 * Traces an object through the document, the migrations and its database.
 * @param text its name, as short as is unique
 * @throws SocratesError `usage` for a name that no object or more than one has
 */
export async function trace(workspace: Workspace, text: string): Promise<Trace> {
  const { project } = workspace;
  checkChains(project.chains);
  const document = await documentIfAny(workspace);
  const shadow = shadowOptions(workspace);
  const chains = await chainsOf(workspace, shadow);
  const databases = await Promise.all(
    project.databases.map(async (input): Promise<TracedDatabase> => {
      const { key, name } = input;
      const chain = chains.get(key);
      if (chain === undefined) throw new Error(`${key} has no chain`);
      const [{ phases }, live] = await Promise.all([
        document === undefined ? { phases: [] } : documentSchemas(document, name, shadow),
        readLive(input, text),
      ]);
      return { key, name, chain, documented: phases, live };
    }),
  );
  const named = findObject(databases.map(searched), text);
  const own = databases.find(({ key }) => key === named.database);
  if (own === undefined) throw new Error(`${named.database} is not traced`);
  const state = await liveState(named.object, own.chain, own.live, shadow);
  return assembleTrace(named, document ?? emptyDocument, databases, state);
}
