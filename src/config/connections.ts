import { describeTarget } from "../database/target.ts";
import type { NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import type { ConfigFile } from "./config-values.ts";
import { type Connection, parseConnection } from "./connection-string.ts";
import type { Environment, Machine } from "./machine.ts";

/** A connection string, and its name in messages. */
interface Source {
  readonly text: string;
  readonly name: string;
  readonly isFlag: boolean;
}

/** One database on a server. */
export interface ServerConnection {
  readonly database: NamedDatabase;
  readonly connection: Connection;
  /** One line per warning, for stderr. */
  readonly warnings: readonly string[];
}

/** The settings that determine where the databases are. */
export interface ConnectionRequest {
  /** All databases; only those in `selected` need a connection string. */
  readonly databases: readonly NamedDatabase[];
  readonly selected: readonly NamedDatabase[];
  /** Connection strings from the command line, by database key. */
  readonly urls: Readonly<Record<string, string | undefined>>;
  readonly env: Environment;
  readonly file: ConfigFile;
  readonly engine: "embedded" | "server" | undefined;
}

/**
 * The connections from flags, environment and config file, in this order of precedence; none means the embedded
 * databases. With the engine `embedded`, only flags count.
 * @throws SocratesError `connection-string`, also for an empty one, as an empty variable is usually a missing
 * secret; `url-missing`, `one-url-only`, `same-database`
 */
export function readConnections(request: ConnectionRequest, machine: Machine): ServerConnection[] {
  const { selected, engine } = request;
  const isSelected = (database: NamedDatabase) => selected.includes(database);
  const sources = new Map<NamedDatabase, Source>();
  for (const database of request.databases) {
    const source = sourceOf(database, request);
    if (source !== undefined && (source.text.trim() !== "" || isSelected(database)))
      sources.set(database, source);
  }
  for (const { text, name } of sources.values()) if (text.trim() === "") throw emptyUrl(name);
  const missing = selected.find((database) => !sources.has(database));
  if (engine === "server" && missing !== undefined)
    throw new SocratesError("url-missing", `${missing.key} has no connection string`, {
      hint: `Set ${missing.urlVariable}: the engine "server" in the config file rules out the embedded databases.`,
    });
  const [given] = sources.values();
  if (missing !== undefined && given !== undefined) {
    const others = selected
      .filter((database) => !sources.has(database))
      .map(({ urlVariable }) => urlVariable);
    throw new SocratesError(
      "one-url-only",
      `${given.name} is set, but ${missing.key} has no connection string`,
      {
        hint: `Set ${others.join(" and ")} also, or leave out the connection strings to use the embedded databases.`,
      },
    );
  }
  const connections = [...sources].map(([database, source]) => {
    const connection = parseConnection(source.text, source.name, machine);
    return {
      database,
      connection,
      warnings: [...passwordWarning(source, connection, database.urlVariable), ...connection.warnings],
    };
  });
  refuseSame(connections);
  return connections;
}

/** The variables with connection strings that the config file's engine `embedded` ignores. */
export function unusedVariables(databases: readonly NamedDatabase[], env: Environment): readonly string[] {
  return databases
    .map(({ urlVariable }) => urlVariable)
    .filter((variable) => (env[variable] ?? "").trim() !== "");
}

function sourceOf(
  { key, urlVariable }: NamedDatabase,
  { urls, env, file, engine }: ConnectionRequest,
): Source | undefined {
  const flag = urls[key];
  if (flag !== undefined) return { text: flag, name: `--${key}-url`, isFlag: true };
  if (engine === "embedded") return undefined;
  const variable = env[urlVariable];
  if (variable !== undefined) return { text: variable, name: urlVariable, isFlag: false };
  const entry = file.databases?.[key]?.url;
  return entry === undefined
    ? undefined
    : { text: entry, name: `databases.${key}.url of the config file`, isFlag: false };
}

function emptyUrl(name: string): SocratesError {
  return new SocratesError("connection-string", `${name} is set, but empty`, {
    hint: "Set it to a connection string (in CI, check that the secret exists); for the embedded databases, unset it or add --embedded.",
  });
}

function refuseSame(connections: readonly ServerConnection[]): void {
  const seen = new Map<string, string>();
  for (const { database, connection } of connections) {
    const place = JSON.stringify([connection.target.hosts, connection.target.database]);
    const other = seen.get(place);
    if (other !== undefined)
      throw new SocratesError(
        "same-database",
        `${other} and ${database.key} lead to the same database, ${describeTarget(connection.target)}`,
        { hint: "Give each its own database: their chains cannot share one." },
      );
    seen.set(place, database.key);
  }
}

/** @param variable the environment variable to use instead */
export function passwordWarning(
  source: Pick<Source, "name" | "isFlag">,
  { passwordOrigin }: Connection,
  variable: string,
): string[] {
  return source.isFlag && passwordOrigin === "text"
    ? [
        `the password in ${source.name} is visible in the process list; use ${variable} or a password file instead`,
      ]
    : [];
}
