import { type Config, loadConfig } from "../config/load.ts";
import { databases } from "../databases.ts";
import { type ChainFiles, readChain } from "../migrations/files.ts";
import type { Project } from "../migrations/open.ts";
import { displayPath } from "../migrations/source-file.ts";
import type { Invocation } from "./commands/command.ts";
import { flagOption, textOption } from "./options.ts";

/** What an action works with: the configuration, and the migrations of all chains. */
export interface Context {
  readonly config: Config;
  readonly project: Project;
}

/** Reads the configuration for an invocation, and says on standard error what a user should know of it. */
export async function readConfig({ io, options }: Invocation): Promise<Config> {
  const urls = Object.fromEntries(databases.map(({ key }) => [key, textOption(options, `${key}Url`)]));
  // Node writes the title over the command line that other users see in the process list.
  if (Object.values(urls).some((url) => url !== undefined)) process.title = "socrates-db";
  const config = await loadConfig(
    {
      urls,
      dataDir: textOption(options, "dataDir"),
      config: textOption(options, "config"),
      database: textOption(options, "database"),
      document: textOption(options, "document"),
    },
    io.env,
    io.cwd,
  );
  io.hide(config.secrets);
  for (const warning of config.warnings) io.err(`warning: ${warning}`);
  if (config.embedded && !flagOption(options, "quiet")) {
    const variables = databases.map(({ urlVariable }) => urlVariable).join(" and ");
    io.err(`using the embedded databases in ${displayPath(config.dataDir)} (set ${variables} for a server)`);
  }
  return config;
}

/** @throws SocratesError from the configuration and from the folders of migrations */
export async function openContext(invocation: Invocation): Promise<Context> {
  const config = await readConfig(invocation);
  const chains = new Map<string, ChainFiles>(
    config.chains.map(({ key, migrations }) => [key, readChain(key, migrations)]),
  );
  const chainOf = (key: string): ChainFiles =>
    chains.get(key) ?? { database: key, folder: "", migrations: [] };
  return {
    config,
    project: {
      chains: [...chains.values()],
      databases: config.selected.map(({ key, name, target }) => ({ key, name, target, chain: chainOf(key) })),
    },
  };
}
