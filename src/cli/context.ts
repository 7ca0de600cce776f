import { existsSync } from "node:fs";
import path from "node:path";
import { type Config, loadConfig } from "../config/load.ts";
import { noMigrations } from "../config/own-files.ts";
import { databases } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import { type ChainFiles, readChain } from "../migrations/files.ts";
import { nearest } from "../nearest.ts";
import type { Project } from "../project/open.ts";
import { displayPath } from "../sql/source-file.ts";
import { flagOption, pathOption, textOption } from "./arguments/options.ts";
import type { Invocation } from "./commands/command.ts";

/** What an action works with: the configuration, and the migrations of all chains. */
export interface Context {
  readonly config: Config;
  readonly project: Project;
}

/** Connection strings by key of the database, from `--auth-url` and the like and from `--url KEY=URL`. @throws SocratesError `usage` */
function urlFlags(options: Invocation["options"]): Record<string, string | undefined> {
  const urls = Object.fromEntries(databases.map(({ key }) => [key, textOption(options, `${key}Url`)]));
  const given = options["url"];
  for (const [i, text] of (Array.isArray(given) ? given.map(String) : []).entries()) {
    const [, key = "", url = ""] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    const known = databases.map((database) => database.key);
    // Without a key, the text is a connection string with its password.
    if (!known.includes(key)) {
      const near = nearest(key, known);
      throw new SocratesError("usage", `--url ${i + 1} does not begin with the key of a database`, {
        hint: `Write --url KEY=URL; ${near === undefined ? "the keys are" : `did you mean "${near}"? The keys are`}: ${known.join(", ")}.`,
      });
    }
    if (urls[key] !== undefined)
      throw new SocratesError("usage", `${key} has two connection strings on the command line`, {
        hint: `Give it once: --${key}-url URL or --url ${key}=URL.`,
      });
    urls[key] = url;
  }
  return urls;
}

/** Says where the embedded databases are, and what could have led to servers instead. */
function embeddedNote(config: Config, cwd: string): string {
  const variables = databases.map(({ urlVariable }) => urlVariable).join(" and ");
  const base = config.configFile === undefined ? cwd : path.dirname(config.configFile);
  const dotenv = existsSync(path.join(base, ".env")) ? "; .env is not read" : "";
  return `using the embedded databases in ${displayPath(config.dataDir)} (set ${variables} for a server${dotenv})`;
}

/** What a command works with beside its configuration. */
export interface Needs {
  /** `optional` for commands that can also work without any; `required` where nothing is said. */
  readonly migrations?: "required" | "optional";
  /** `unused` for commands that read files alone; `used` where nothing is said. */
  readonly databases?: "used" | "unused";
}

/** Reads the configuration for an invocation, and says on standard error what a user should know of it. */
async function readConfig({ io, options }: Invocation, databasesAre: Needs["databases"]): Promise<Config> {
  const urls = urlFlags(options);
  const config = await loadConfig(
    {
      urls,
      dataDir: pathOption(options, "dataDir"),
      config: pathOption(options, "config"),
      database: textOption(options, "database"),
      document: pathOption(options, "document"),
      embedded: flagOption(options, "embedded"),
      builtin: flagOption(options, "builtin"),
      role: textOption(options, "role"),
    },
    io.env,
    io.cwd,
  );
  io.hide(config.secrets);
  for (const warning of config.warnings) io.err(`warning: ${warning}`);
  if (config.embedded && databasesAre !== "unused" && !flagOption(options, "quiet"))
    io.err(embeddedNote(config, io.cwd));
  return config;
}

/**
 * @throws SocratesError from the configuration and from the folders of migrations; `config-not-found` where a database
 * has no migrations and the command needs them
 */
export async function openContext(
  invocation: Invocation,
  { migrations = "required", databases: use }: Needs = {},
): Promise<Context> {
  const config = await readConfig(invocation, use);
  const without = config.selected.find((database) => database.migrations === undefined);
  if (without !== undefined && migrations === "required")
    throw noMigrations(config.files, config.chains.length === 0 ? undefined : without.key);
  const chains = new Map<string, ChainFiles>(
    config.chains.map(({ key, migrations: folder }) => [key, readChain(key, folder)]),
  );
  const numbers = [...chains.values()].flatMap(({ migrations }) => migrations.map(({ number }) => number));
  const newest = Math.max(0, ...numbers);
  const chainOf = (key: string): ChainFiles => ({
    ...(chains.get(key) ?? { database: key, folder: "", migrations: [] }),
    newest,
  });
  return {
    config,
    project: {
      chains: [...chains.values()],
      databases: config.selected.map(({ key, name, target }) => ({ key, name, target, chain: chainOf(key) })),
    },
  };
}
