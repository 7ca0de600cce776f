import path from "node:path";
import type { ServerTarget, Target } from "../database/target.ts";
import type { NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import { unknownDatabase } from "../unknown-database.ts";
import type { ConfigFile } from "./config-values.ts";
import { readConnections, unusedVariables } from "./connections.ts";
import { findConfig } from "./found-config.ts";
import { type Environment, type Machine, thisMachine } from "./machine.ts";
import { type ProjectFiles, projectFiles } from "./own-files.ts";
import type { Served } from "./served.ts";
import { shadowVariable, sharedOptions } from "./shared-options.ts";

/** The options of the command line, as typed. */
export interface Flags {
  /** Connection strings by key of the database. */
  readonly urls: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string | undefined;
  readonly config?: string | undefined;
  /** Key of the only database to use. */
  readonly database?: string | undefined;
  /** Files and globs. */
  readonly document?: readonly string[] | undefined;
  /** Selects the embedded databases. */
  readonly embedded?: boolean | undefined;
  /** Selects the migrations and the document of this package. */
  readonly builtin?: boolean | undefined;
  /** Role that every session on a server assumes. */
  readonly role?: string | undefined;
  /** Connection string of a server for shadows. */
  readonly shadow?: string | undefined;
}

/** A database with all its settings resolved. */
export interface ConfiguredDatabase {
  readonly key: string;
  readonly name: string;
  readonly target: Target;
  /** Absolute path of its migrations folder; undefined if it has none. */
  readonly migrations: string | undefined;
}

export interface Config {
  /** All databases of the project, in its order. */
  readonly databases: readonly NamedDatabase[];
  /** The databases to use, in the same order. */
  readonly selected: readonly ConfiguredDatabase[];
  /** Migrations folders of all databases: numbers are unique over all of them, whichever are selected. */
  readonly chains: readonly { readonly key: string; readonly migrations: string }[];
  /** The migrations and the document, or why there are none. */
  readonly files: ProjectFiles;
  readonly embedded: boolean;
  /** The process that serves the embedded databases, through which they are reached. */
  readonly served: Served | undefined;
  readonly dataDir: string;
  /** The server for shadows; undefined for the embedded engine. */
  readonly shadow: ServerTarget | undefined;
  /** Absolute path of the config file that was read. */
  readonly configFile: string | undefined;
  /** Timeouts and retries from the config file. */
  readonly file: ConfigFile;
  /** One line per warning, for stderr. */
  readonly warnings: readonly string[];
  /** Passwords that no output may hold. */
  readonly secrets: readonly string[];
}

/** @throws SocratesError `usage`, naming the nearest database */
function select(wanted: string, databases: readonly NamedDatabase[]): readonly NamedDatabase[] {
  const found = databases.find(({ key, name }) => key === wanted || name === wanted);
  if (found !== undefined) return [found];
  throw unknownDatabase(
    wanted,
    databases.map(({ key }) => key),
  );
}

/** A connection string for a database that does not exist would be ignored. @throws SocratesError `usage` */
function checkUrls({ urls }: Flags, databases: readonly NamedDatabase[]): void {
  const keys = databases.map(({ key }) => key);
  const unknown = Object.keys(urls).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw new SocratesError(
    "usage",
    `a connection string is given for "${unknown}", which is not a database of this project`,
    {
      hint: `Use one of: ${keys.join(", ")}.`,
    },
  );
}

function engineOf(flags: Flags, file: ConfigFile): "embedded" | "server" | undefined {
  if (flags.embedded !== true) return file.engine;
  if (Object.values(flags.urls).some((url) => url !== undefined))
    throw new SocratesError("usage", "--embedded and connection strings exclude each other", {
      hint: "Leave out --embedded, or the options with connection strings.",
    });
  return "embedded";
}

/** What another process serves from a folder, and how to reach it. Servers need none of this code. */
async function readServedTargets(
  dataDir: string,
): Promise<(Served & { readonly targets: readonly (readonly [string, Target])[] }) | undefined> {
  const { readServed, servedTarget } = await import("./served.ts");
  const served = readServed(dataDir);
  return (
    served && { ...served, targets: served.databases.map((each) => [each.key, servedTarget(each)] as const) }
  );
}

/**
 * Resolves all settings. Precedence: flags, environment, config file, defaults.
 * @throws SocratesError `usage`, `config-not-found`, `config-invalid`, `connection-string`, `url-missing`,
 * `one-url-only`, `same-database`
 */
export async function loadConfig(
  flags: Flags = { urls: {} },
  env: Environment = process.env,
  cwd: string = process.cwd(),
  machine: Machine = thisMachine(env),
): Promise<Config> {
  const { configFile, file, base, databases } = await findConfig(flags.config, cwd);
  checkUrls(flags, databases);
  const wanted = flags.database === undefined ? undefined : select(flags.database, databases);
  const dataDir =
    flags.dataDir === undefined
      ? path.resolve(base, file.dataDir ?? sharedOptions.dataDir.byDefault)
      : path.resolve(cwd, flags.dataDir);
  const builtin = flags.builtin === true || file.builtin === true;
  const files = projectFiles({
    cwd,
    configFile,
    file,
    base,
    databases,
    builtin,
    document: flags.document ?? [],
  });
  const selected = wanted ?? databases;
  const engine = engineOf(flags, file);
  const connections = readConnections({ databases, selected, urls: flags.urls, env, file, engine }, machine);
  const isNamed = (flags.shadow ?? env[shadowVariable] ?? file.shadow) !== undefined;
  const shadow = isNamed
    ? (await import("./shadow.ts")).readShadow(flags.shadow, env, file, machine)
    : undefined;
  const role = flags.role ?? file.role;
  const targets = new Map<string, Target>(
    connections.map(({ database, connection: { target } }) => [
      database.key,
      role === undefined ? target : { ...target, role },
    ]),
  );
  const served = connections.length === 0 ? await readServedTargets(dataDir) : undefined;
  for (const [key, target] of served?.targets ?? []) targets.set(key, target);
  const unused = engine === "embedded" && flags.embedded !== true ? unusedVariables(databases, env) : [];
  return {
    databases,
    selected: selected.map(({ key, name }) => ({
      key,
      name,
      target: targets.get(key) ?? { kind: "embedded", directory: path.join(dataDir, key) },
      migrations: files.migrations.get(key),
    })),
    chains: [...files.migrations].map(([key, migrations]) => ({ key, migrations })),
    files,
    embedded: connections.length === 0 && served === undefined,
    served,
    dataDir,
    shadow: shadow?.target,
    configFile,
    file,
    warnings: [
      ...unused.map((variable) => `${variable} is ignored: the config file sets the embedded engine`),
      ...connections.flatMap(({ warnings }) => warnings),
      ...(shadow?.warnings ?? []),
    ],
    secrets: [
      ...connections.flatMap(({ connection }) => connection.target.password ?? []),
      ...(shadow?.target.password === undefined ? [] : [shadow.target.password]),
      ...(served?.databases ?? []).flatMap(({ password }) => password ?? []),
    ],
  };
}
