import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Target } from "../database/target.ts";
import { describeTarget } from "../database/target.ts";
import { type DatabaseDefinition, databases } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { ConfigFile } from "./config-file.ts";
import { type Connection, parseConnection } from "./connection-string.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { packageRoot } from "./package-root.ts";

/** What the command line says, as it was typed. */
export interface Flags {
  /** Connection strings by key of the database. */
  readonly urls: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string | undefined;
  readonly config?: string | undefined;
  /** Key of the only database to work on. */
  readonly database?: string | undefined;
  readonly document?: string | undefined;
}

/** One database with everything resolved. */
export interface ConfiguredDatabase {
  readonly key: string;
  readonly name: string;
  readonly target: Target;
  /** Absolute path of the folder of its migrations. */
  readonly migrations: string;
}

export interface Config {
  /** The databases to work on, in the order of their list. */
  readonly selected: readonly ConfiguredDatabase[];
  /** Folders of all chains: numbers are unique over all of them, whichever are selected. */
  readonly chains: readonly { readonly key: string; readonly migrations: string }[];
  readonly embedded: boolean;
  readonly dataDir: string;
  /** Absolute path of the schema document. */
  readonly documentPath: string;
  /** Absolute path of the config file that was read. */
  readonly configFile: string | undefined;
  /** What the file says of timeouts and retries. */
  readonly file: ConfigFile;
  /** One line each, for standard error. */
  readonly warnings: readonly string[];
  /** Passwords that no output may hold. */
  readonly secrets: readonly string[];
}

export const configFileName = "socrates-db.config.json";
const defaultDataDir = ".socrates-db";

async function readConfigFile(
  flag: string | undefined,
  cwd: string,
): Promise<{ file: ConfigFile; path: string | undefined }> {
  const file = path.resolve(cwd, flag ?? configFileName);
  if (!existsSync(file)) {
    if (flag === undefined) return { file: {}, path: undefined };
    throw new SocratesError("config-not-found", `the config file ${flag} does not exist`, {
      hint: `Check the path, or leave --config out: ${configFileName} in the working directory is read by itself.`,
    });
  }
  // Loaded only here: the validator is not needed where there is no file.
  const { parseConfigFile } = await import("./config-file.ts");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new SocratesError("config-invalid", `the config file ${file} cannot be read`, {
      hint: "Check that it is a file, and its permissions.",
      cause,
    });
  }
  return { file: parseConfigFile(text, flag ?? configFileName), path: file };
}

interface Source {
  readonly text: string;
  /** What to call it in messages. */
  readonly name: string;
  readonly isFlag: boolean;
}

function urlSource(
  { key, urlVariable }: DatabaseDefinition,
  flags: Flags,
  env: NodeJS.ProcessEnv,
  file: ConfigFile,
): Source | undefined {
  const flag = flags.urls[key];
  if (flag !== undefined) return { text: flag, name: `--${key}-url`, isFlag: true };
  const variable = env[urlVariable];
  if (variable !== undefined && variable.trim() !== "")
    return { text: variable, name: urlVariable, isFlag: false };
  const entry = file.databases?.[key]?.url;
  return entry === undefined
    ? undefined
    : { text: entry, name: `databases.${key}.url of the config file`, isFlag: false };
}

/** @throws SocratesError `usage`, naming the nearest database */
function select(wanted: string | undefined): readonly DatabaseDefinition[] {
  if (wanted === undefined) return databases;
  const found = databases.filter(({ key, name }) => key === wanted || name === wanted);
  if (found.length > 0) return found;
  const keys = databases.map(({ key }) => key);
  const near = nearest(wanted, keys);
  throw new SocratesError("usage", `there is no database "${wanted}"`, {
    hint:
      near === undefined
        ? `Use one of: ${keys.join(", ")}.`
        : `Did you mean "${near}"? The databases are: ${keys.join(", ")}.`,
  });
}

/** Some connection strings and not the others: one database on a server and the other in a folder is never what is meant. */
function refuseHalf(selected: readonly DatabaseDefinition[], sources: ReadonlyMap<string, Source>): void {
  const missing = selected.find(({ key }) => !sources.has(key));
  const [given] = sources.values();
  if (missing === undefined || given === undefined) return;
  throw new SocratesError(
    "one-url-only",
    `${given.name} is set, but there is no connection string for ${missing.key}`,
    {
      hint: `Set ${missing.urlVariable} too, or unset both to use the embedded databases.`,
    },
  );
}

function refuseSame(connections: readonly { key: string; connection: Connection }[]): void {
  const seen = new Map<string, string>();
  for (const { key, connection } of connections) {
    const { hosts, database } = connection.target;
    const place = JSON.stringify([hosts, database]);
    const other = seen.get(place);
    if (other !== undefined)
      throw new SocratesError(
        "same-database",
        `${other} and ${key} lead to the same database, ${describeTarget(connection.target)}`,
        {
          hint: "Give each its own database: their chains cannot share one.",
        },
      );
    seen.set(place, key);
  }
}

function passwordWarning(
  source: Source,
  { passwordOrigin }: Connection,
  { urlVariable }: DatabaseDefinition,
): string[] {
  return source.isFlag && passwordOrigin === "text"
    ? [
        `the password in ${source.name} shows in the process list; use ${urlVariable} or a password file instead`,
      ]
    : [];
}

/** Flag, config file, or the document of this package; a flag is relative to the working directory. */
function documentPath(flags: Flags, file: ConfigFile, cwd: string, base: string): string {
  if (flags.document !== undefined) return path.resolve(cwd, flags.document);
  return file.document === undefined
    ? path.join(packageRoot(), "docs", "schema.md")
    : path.resolve(base, file.document);
}

/**
 * Resolves where everything is: flags before environment before config file before defaults.
 * @throws SocratesError `usage`, `config-not-found`, `config-invalid`, `connection-string`, `one-url-only`, `same-database`
 */
export async function loadConfig(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  cwd: string,
  machine: Machine = thisMachine(env),
): Promise<Config> {
  const selected = select(flags.database);
  const { file, path: configFile } = await readConfigFile(flags.config, cwd);
  const base = configFile === undefined ? cwd : path.dirname(configFile);
  const dataDir =
    flags.dataDir === undefined
      ? path.resolve(base, file.dataDir ?? defaultDataDir)
      : path.resolve(cwd, flags.dataDir);
  const sources = new Map(
    databases.flatMap((database) => {
      const source = urlSource(database, flags, env, file);
      return source === undefined ? [] : [[database.key, source] as const];
    }),
  );
  refuseHalf(selected, sources);
  const connections = databases.flatMap((database) => {
    const source = sources.get(database.key);
    return source === undefined
      ? []
      : [
          {
            key: database.key,
            database,
            source,
            connection: parseConnection(source.text, source.name, machine),
          },
        ];
  });
  refuseSame(connections);
  const targets = new Map<string, Target>(connections.map(({ key, connection }) => [key, connection.target]));
  const migrationsOf = ({ key, migrations }: DatabaseDefinition) => {
    const own = file.databases?.[key]?.migrations;
    return own === undefined ? path.join(packageRoot(), migrations) : path.resolve(base, own);
  };
  return {
    selected: selected.map((database) => ({
      key: database.key,
      name: database.name,
      target: targets.get(database.key) ?? { kind: "embedded", directory: path.join(dataDir, database.key) },
      migrations: migrationsOf(database),
    })),
    chains: databases.map((database) => ({ key: database.key, migrations: migrationsOf(database) })),
    embedded: sources.size === 0,
    dataDir,
    documentPath: documentPath(flags, file, cwd, base),
    configFile,
    file,
    warnings: connections.flatMap(({ database, source, connection }) => [
      ...passwordWarning(source, connection, database),
      ...connection.warnings,
    ]),
    secrets: connections.flatMap(({ connection }) => connection.target.password ?? []),
  };
}
