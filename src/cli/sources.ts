import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { userCacheFolder } from "../cache-folder.ts";
import { looksLikeConnection } from "../config/argument-secrets.ts";
import { parseConnection } from "../config/connection-string.ts";
import { thisMachine } from "../config/machine.ts";
import { noDocument, noMigrations } from "../config/own-files.ts";
import { packageRoot } from "../config/package-root.ts";
import { keptDocument } from "../document/kept.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { CacheFolders, ShadowOptions } from "../shadow/cache.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { type LiveOptions, withLiveSources } from "../sources/of-live.ts";
import { type ChainSchemas, chainSchemas, phasesOf } from "../sources/of-migrations.ts";
import { sqlSource } from "../sources/of-sql.ts";
import { phasedSource, type Source } from "../sources/source.ts";
import { displayPath } from "../sql/source-file.ts";
import { flagOption } from "./arguments/options.ts";
import type { Invocation } from "./commands/command.ts";
import type { Context } from "./context.ts";

/** One side of a comparison, for each database. */
export type Side = ReadonlyMap<string, Source>;

/** Where schemas are kept between runs. */
export function cacheFolders({ io }: Invocation): CacheFolders {
  return { built: path.join(packageRoot(), "dist", "catalogs"), user: userCacheFolder(io.env) };
}

/** The document that the configuration names. @throws SocratesError `config-not-found` where it names none */
export async function openDocument({ config }: Context, invocation: Invocation): Promise<DocumentedSchema> {
  const { files } = config;
  if (files.document === undefined) throw noDocument(files);
  return keptDocument(files.document, cacheFolders(invocation));
}

/** The same, but undefined where the configuration names none. */
export async function documentIfAny(
  context: Context,
  invocation: Invocation,
): Promise<DocumentedSchema | undefined> {
  return context.config.files.document === undefined ? undefined : openDocument(context, invocation);
}

/** What is compared with where nothing is named: the document, or where none is configured, the migrations. */
export function expectedSource({ config }: Context, { io, options }: Invocation): "document" | "migrations" {
  if (config.files.document !== undefined || config.chains.length === 0) return "document";
  if (!flagOption(options, "quiet")) io.err("no document is configured: comparing with the migrations");
  return "migrations";
}

/** The documented side; each of its databases is looked for by its name. @throws SocratesError `document-invalid` */
export async function documentSide(
  { project }: Context,
  document: DocumentedSchema,
  shadow: ShadowOptions,
): Promise<Side> {
  const sides = await Promise.all(
    project.databases.map(async ({ key, name }) => {
      if (!document.tables.some(({ database }) => database === name))
        throw new SocratesError("document-invalid", `${document.file} documents no table of ${name}`, {
          hint: `Its databases are: ${[...new Set(document.tables.map(({ database }) => database))].join(", ")}.`,
        });
      return [
        key,
        phasedSource(document.file, (await documentSchemas(document, name, shadow)).phases),
      ] as const;
    }),
  );
  return new Map(sides);
}

/** The last phase of any migration. */
export function lastPhaseOf({ project }: Context): number {
  return Math.max(0, ...project.chains.flatMap(({ migrations }) => migrations.map(({ phase }) => phase)));
}

/** What each chain makes, migration by migration; also those of databases that are not selected. */
export async function chainsOf(
  { project }: Context,
  folders: CacheFolders,
): Promise<ReadonlyMap<string, ChainSchemas>> {
  const entries = await Promise.all(
    project.chains.map(async (chain) => [chain.database, await chainSchemas(chain, folders)] as const),
  );
  return new Map(entries);
}

/** What the migrations make. @throws SocratesError `config-not-found` where there are none */
export async function migrationsSide(context: Context, shadow: ShadowOptions): Promise<Side> {
  if (context.config.chains.length === 0) throw noMigrations(context.config.files);
  const last = lastPhaseOf(context);
  const sides = await Promise.all(
    context.project.databases.map(
      async ({ key, chain }) =>
        [key, phasedSource("the migrations", phasesOf(await chainSchemas(chain, shadow), last))] as const,
    ),
  );
  return new Map(sides);
}

function onlyDatabase({ project }: Context, what: string): Context["project"]["databases"][number] {
  const [database, second] = project.databases;
  if (database === undefined || second !== undefined)
    throw new SocratesError("usage", `${what} is one database, but two are compared`, {
      hint: `Add --database ${project.databases.map(({ key }) => key).join(" or ")}.`,
    });
  return database;
}

async function urlSide(context: Context, text: string, { io }: Invocation, live: LiveOptions): Promise<Side> {
  const database = onlyDatabase(context, "a connection string");
  const connection = parseConnection(text, "the connection string", thisMachine(io.env));
  if (connection.target.password !== undefined) io.hide([connection.target.password]);
  process.title = "socrates-db";
  return withLiveSources(
    [{ ...database, target: connection.target }],
    { ...live, phaseGiven: true },
    async (sources) => sources,
  );
}

async function sqlSide(context: Context, place: string, shadow: ShadowOptions): Promise<Side> {
  const perDatabase = context.project.databases.map(({ key }) => ({ key, folder: path.join(place, key) }));
  if (statSync(place).isDirectory() && perDatabase.every(({ folder }) => existsSync(folder)))
    return new Map(
      await Promise.all(
        perDatabase.map(async ({ key, folder }) => [key, await sqlSource(folder, shadow)] as const),
      ),
    );
  const { key } = onlyDatabase(context, displayPath(place));
  return new Map([[key, await sqlSource(place, shadow)]]);
}

/** Whether a source is a connection string, also one that is not well formed; a file of that name comes first. */
function isConnection(spec: string, { io }: Invocation): boolean {
  return looksLikeConnection(spec) && !existsSync(path.resolve(io.cwd, spec));
}

/** The sources that have a name of their own. */
export const sourceWords = ["document", "live", "migrations"];

/**
 * One side of a comparison from what a user calls it: `document`, `live`, `migrations`, a connection string, or a file or
 * folder of SQL.
 * @param signal ends the databases in which sides are made
 * @throws SocratesError `usage`, naming the nearest word
 */
export async function openSide(
  spec: string,
  context: Context,
  invocation: Invocation,
  live: LiveOptions,
  signal?: AbortSignal,
): Promise<Side> {
  const shadow = { ...cacheFolders(invocation), signal };
  const isLive = spec === "live" || isConnection(spec, invocation);
  if (live.privileges === true && !isLive)
    throw new SocratesError("usage", `"${spec}" says nothing of privileges`, {
      hint: "Compare live databases: --from live --to postgresql://… --database auth, or leave --privileges out.",
    });
  if (spec === "document") return documentSide(context, await openDocument(context, invocation), shadow);
  if (spec === "migrations") return migrationsSide(context, shadow);
  if (spec === "live") return withLiveSources(context.project.databases, live, async (sources) => sources);
  if (isConnection(spec, invocation)) return urlSide(context, spec, invocation, live);
  const place = path.resolve(invocation.io.cwd, spec);
  if (existsSync(place)) return sqlSide(context, place, shadow);
  const near = nearest(spec, sourceWords);
  throw new SocratesError("usage", `"${spec}" is no source of a schema`, {
    hint:
      near === undefined
        ? `Use ${sourceWords.join(", ")}, a connection string, or a file or folder of SQL.`
        : `Did you mean "${near}"?`,
  });
}
