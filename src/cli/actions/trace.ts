import { readSchema } from "../../catalog/read.ts";
import { emptyDocument } from "../../document/model.ts";
import { SocratesError } from "../../errors.ts";
import { checkChains } from "../../migrations/files.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase, withDatabases } from "../../project/open.ts";
import { style } from "../../report/style.ts";
import { traceJson, traceText } from "../../report/trace.ts";
import { documentSchemas } from "../../sources/of-document.ts";
import { everything } from "../../sources/of-migrations.ts";
import { displayPath } from "../../sql/source-file.ts";
import { findObject, matchesIn, type Universe } from "../../trace/find.ts";
import { type LiveDatabase, liveState, readExtents } from "../../trace/live.ts";
import { type TracedDatabase, traceObject } from "../../trace/trace.ts";
import { choiceOption } from "../arguments/options.ts";
import { reportColor } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { cacheFolders, chainsOf, documentIfAny } from "../sources.ts";

/** Where a database is, as short as can be: a folder below the working directory, or its server. */
function labelOf({ target, session }: OpenDatabase): string {
  return target.kind === "embedded" && target.directory !== null
    ? `the embedded database ${displayPath(target.directory)}`
    : session.label;
}

/** Reads a database where that is possible; where it is not, the document and the migrations still have their say. */
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

/** All schemas in which something of a database may stand. */
function universeOf({ key, name, chain, documented, live }: TracedDatabase): Universe {
  const schemas = [everything(chain), ...documented.slice(-1), ...("schema" in live ? [live.schema] : [])];
  return { database: key, name, schemas };
}

/** `socrates-db trace` */
export const traceAction: Action = async (invocation) => {
  const { io, options, args } = invocation;
  const [text = ""] = args;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  const context = await openContext(invocation);
  const { project } = context;
  checkChains(project.chains);
  const document = await documentIfAny(context, invocation);
  const folders = cacheFolders(invocation);
  const chains = await chainsOf(context, folders);
  const databases = await Promise.all(
    project.databases.map(async (input): Promise<TracedDatabase> => {
      const { key, name } = input;
      const chain = chains.get(key);
      if (chain === undefined) throw new Error(`${key} has no chain`);
      const [{ phases }, live] = await Promise.all([
        document === undefined ? { phases: [] } : documentSchemas(document, name, folders),
        readLive(input, text),
      ]);
      return { key, name, chain, documented: phases, live };
    }),
  );
  const named = findObject(databases.map(universeOf), text);
  const own = databases.find(({ key }) => key === named.database);
  if (own === undefined) throw new Error(`${named.database} is not traced`);
  const state = await liveState(named.object, own.chain, own.live);
  const trace = traceObject(named, document ?? emptyDocument, databases, state);
  const color = reportColor(invocation);
  await io.out(format === "json" ? traceJson(trace) : traceText(trace, style(color, io.columns)));
  return 0;
};
