import path from "node:path";
import { userCacheFolder } from "../cache-folder.ts";
import type { Config } from "../config/load.ts";
import { noDocument, noMigrations } from "../config/own-files.ts";
import { packageRoot } from "../config/package-root.ts";
import { cachedDocument } from "../document/cached.ts";
import { type DocumentedSchema, sectionsOf } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import { lastPhaseOf, type Workspace } from "../project/workspace.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import type { ServerPlace } from "../shadow/server/server-place.ts";
import { documentSchemas } from "./of-document.ts";
import { type ChainSchemas, chainSchemas, phasesOf } from "./of-migrations.ts";
import { phasedSource, type Sources } from "./source.ts";

const servers = new WeakMap<Config, ServerPlace>();

/** The server for the shadows of a workspace, always the same; undefined for the embedded engine. */
function shadowServer({ config, project, warn, note }: Workspace): ServerPlace | undefined {
  if (config.shadow === undefined) return undefined;
  const server = servers.get(config) ?? {
    target: config.shadow,
    databases: project.databases,
    listener: { warn, note },
  };
  servers.set(config, server);
  return server;
}

/** Where shadows are created, and where their schemas are cached between runs. */
export function shadowOptions(workspace: Workspace): ShadowOptions {
  return {
    built: path.join(packageRoot(), "dist", "catalogs"),
    user: userCacheFolder(workspace.env),
    server: shadowServer(workspace),
  };
}

/** Reads the configured document. @throws SocratesError `config-not-found` if there is none */
export async function openDocument(workspace: Workspace): Promise<DocumentedSchema> {
  const { files, databases } = workspace.config;
  if (files.document === undefined) throw noDocument(files);
  return cachedDocument(files.document, databases, shadowOptions(workspace));
}

/** Reads the configured document; undefined if there is none. */
export async function documentIfAny(workspace: Workspace): Promise<DocumentedSchema | undefined> {
  return workspace.config.files.document === undefined ? undefined : openDocument(workspace);
}

/** The default for the expected side: the document, or the migrations if no document is configured. */
export function expectedSource({ config, note }: Workspace): "document" | "migrations" {
  if (config.files.document !== undefined || config.chains.length === 0) return "document";
  note("no document is configured: comparing with the migrations");
  return "migrations";
}

/**
 * The documented schemas of all databases of the workspace, found by name. @throws SocratesError `document-invalid`
 */
export async function documentSources(
  { project }: Workspace,
  document: DocumentedSchema,
  shadow: ShadowOptions,
): Promise<Sources> {
  const sources = await Promise.all(
    project.databases.map(async ({ key, name }) => {
      if (sectionsOf(document, name).length === 0)
        throw new SocratesError("document-invalid", `${document.file} documents no table of ${name}`, {
          hint: `Its databases are: ${[...new Set(document.tables.map(({ database }) => database))].join(", ")}.`,
        });
      const { phases } = await documentSchemas(document, name, shadow);
      return [key, phasedSource(document.file, phases)] as const;
    }),
  );
  return new Map(sources);
}

/** The schemas that the migrations create. @throws SocratesError `config-not-found` if there are no migrations */
export async function migrationSources(workspace: Workspace, shadow: ShadowOptions): Promise<Sources> {
  const { config, project } = workspace;
  if (config.chains.length === 0) throw noMigrations(config.files);
  const last = lastPhaseOf(workspace);
  const sources = await Promise.all(
    project.databases.map(
      async ({ key, chain }) =>
        [key, phasedSource("the migrations", phasesOf(await chainSchemas(chain, shadow), last))] as const,
    ),
  );
  return new Map(sources);
}

/** The schemas of each chain, migration by migration, including unselected databases. */
export async function chainsOf(
  { project }: Workspace,
  shadow: ShadowOptions,
): Promise<ReadonlyMap<string, ChainSchemas>> {
  const entries = await Promise.all(
    project.chains.map(async (chain) => [chain.database, await chainSchemas(chain, shadow)] as const),
  );
  return new Map(entries);
}
