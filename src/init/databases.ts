import { readConnections } from "../config/connections.ts";
import { areDefault } from "../config/databases-of.ts";
import { thisMachine } from "../config/machine.ts";
import type { Target } from "../database/target.ts";
import type { NamedDatabase } from "../databases.ts";

/** A database of the new config file. */
export interface NewDatabase extends NamedDatabase {
  /** Relative to the config file. */
  readonly migrations: string;
}

function usualVariable(key: string): string {
  return `DATABASE_URL_${key.toUpperCase()}`;
}

/** A database with the names that follow from its key, unless it has another variable. */
export function newDatabase(key: string, urlVariable = usualVariable(key)): NewDatabase {
  return { key, name: key, urlVariable, migrations: `migrations/${key}` };
}

/** The databases as the config file states them, without what follows from their keys. */
export function configEntries(databases: readonly NewDatabase[]): Readonly<Record<string, object>> {
  // The default databases have other names.
  const isDefault = areDefault(databases.map(({ key }) => key));
  return Object.fromEntries(
    databases.map(({ key, name, urlVariable, migrations }) => [
      key,
      {
        ...(isDefault && { name }),
        migrations,
        ...(urlVariable !== usualVariable(key) && { urlVariable }),
      },
    ]),
  );
}

/** Where connection strings are read, and what becomes of their passwords and warnings. */
export interface ConnectionReader {
  readonly env: NodeJS.ProcessEnv;
  /** Receives passwords that no output may contain. */
  readonly hide: (secrets: readonly string[]) => void;
  /** Receives warnings about the connection string, one line each. */
  readonly warn: (warning: string) => void;
}

/**
 * The servers of databases, in their order: those of connection strings, or else of the environment.
 * @throws SocratesError `connection-string`, `same-database`
 */
export function targetsOf(
  databases: readonly NewDatabase[],
  urls: Readonly<Record<string, string | undefined>>,
  { env, hide, warn }: ConnectionReader,
): readonly Target[] {
  const request = { databases, selected: databases, urls, env, file: {}, engine: undefined };
  return readConnections(request, thisMachine(env)).map(({ connection, warnings }) => {
    hide(connection.target.password === undefined ? [] : [connection.target.password]);
    for (const warning of warnings) warn(warning);
    return connection.target;
  });
}
