import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { looksLikeConnection } from "../config/argument-secrets.ts";
import { parseConnection } from "../config/connection-string.ts";
import { thisMachine } from "../config/machine.ts";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { type LiveOptions, withLiveSources } from "../sources/of-live.ts";
import { sqlSource } from "../sources/of-sql.ts";
import { documentSources, migrationSources, openDocument, shadowOptions } from "../sources/of-workspace.ts";
import type { Sources } from "../sources/source.ts";
import { displayPath } from "../sql/source-file.ts";
import { isSourceName, sourceNames } from "./source-names.ts";

function onlyDatabase({ project }: Workspace, what: string): DatabaseInput {
  const [database, second] = project.databases;
  if (database === undefined || second !== undefined)
    throw new SocratesError(
      "usage",
      `${what} is one database, but the comparison has ${project.databases.length}`,
      {
        hint: `Add --database ${project.databases.map(({ key }) => key).join(" or ")}.`,
      },
    );
  return database;
}

async function urlSources(workspace: Workspace, text: string, live: LiveOptions): Promise<Sources> {
  const database = onlyDatabase(workspace, "a connection string");
  const { target } = parseConnection(text, "the connection string", thisMachine(workspace.env));
  if (target.password !== undefined) workspace.hide([target.password]);
  return withLiveSources(
    [{ ...database, target }],
    { ...live, phaseGiven: true },
    async (sources) => sources,
  );
}

/** SQL files: of one database, or a folder with a subfolder for each database, named by its key. */
async function sqlSources(workspace: Workspace, place: string, shadow: ShadowOptions): Promise<Sources> {
  const folders = workspace.project.databases.map(({ key }) => ({ key, folder: path.join(place, key) }));
  if (statSync(place).isDirectory() && folders.every(({ folder }) => existsSync(folder)))
    return new Map(
      await Promise.all(
        folders.map(async ({ key, folder }) => [key, await sqlSource(folder, key, shadow)] as const),
      ),
    );
  const { key } = onlyDatabase(workspace, displayPath(place));
  return new Map([[key, await sqlSource(place, key, shadow)]]);
}

/** Whether a source is a connection string: an existing file comes first. A malformed one also counts. */
function isSourceUrl({ cwd }: Workspace, source: string): boolean {
  return !isSourceName(source) && looksLikeConnection(source) && !existsSync(path.resolve(cwd, source));
}

/** Whether a source is a database, which has owners and privileges of its server. */
export function isLive(workspace: Workspace, source: string): boolean {
  return source === "live" || isSourceUrl(workspace, source);
}

/**
 * Opens one side of a comparison.
 * @param source `document`, `live`, `migrations`, a connection string, or a file or folder of SQL
 * @param signal stops the shadow databases in which schemas are built
 * @throws SocratesError `usage`, naming the nearest source
 */
export async function openSources(
  source: string,
  workspace: Workspace,
  live: LiveOptions,
  signal?: AbortSignal,
): Promise<Sources> {
  const shadow = { ...shadowOptions(workspace), signal, exact: live.extras?.exact };
  if (isSourceUrl(workspace, source)) return urlSources(workspace, source, live);
  if (!isSourceName(source)) {
    const place = path.resolve(workspace.cwd, source);
    if (existsSync(place)) return sqlSources(workspace, place, shadow);
    throw unknownSource(source);
  }
  switch (source) {
    case "document":
      return documentSources(workspace, await openDocument(workspace), shadow);
    case "migrations":
      return migrationSources(workspace, shadow);
    case "live":
      return withLiveSources(workspace.project.databases, live, async (sources) => sources);
  }
}

function unknownSource(source: string): SocratesError {
  const near = nearest(source, sourceNames);
  return new SocratesError("usage", `unknown schema source "${source}"`, {
    hint:
      near === undefined
        ? `Use ${sourceNames.join(", ")}, a connection string, or a file or folder of SQL.`
        : `Did you mean "${near}"?`,
  });
}
