import path from "node:path";
import { databases as defaults, type NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import type { ConfigFile, DatabaseValues } from "./config-values.ts";

/** A database of a config file, with what the file says about it. */
interface Entry extends NamedDatabase {
  readonly values: DatabaseValues;
}

/**
 * The entries of a config file, by key. The default databases keep their names and variables where no other database
 * is in the file; entries with nothing but connection strings say where they are, and leave none of them out.
 */
function entriesOf(databases: NonNullable<ConfigFile["databases"]>): Entry[] {
  const given = new Map(Object.entries(databases).map(([key, values = {}]) => [key, values]));
  const known = areDefault([...given.keys()]) ? defaults : [];
  const onlyUrls = [...given.values()].every((values) => Object.keys(values).every((name) => name === "url"));
  const keys = new Set([...given.keys(), ...(onlyUrls ? known.map(({ key }) => key) : [])]);
  // Runners take locks in this order, so it must not depend on the order in a file.
  return [...keys].sort().map((key) => {
    const values = given.get(key) ?? {};
    const byDefault = known.find((one) => one.key === key);
    return {
      key,
      name: values.name ?? byDefault?.name ?? key,
      urlVariable: values.urlVariable ?? byDefault?.urlVariable ?? `DATABASE_URL_${key.toUpperCase()}`,
      values,
    };
  });
}

/** What no two databases may share: the key in the config file, and how to read it. */
const distinct: readonly (readonly [
  key: keyof DatabaseValues,
  read: (entry: Entry, base: string) => string | undefined,
])[] = [
  ["name", ({ name }) => name],
  ["urlVariable", ({ urlVariable }) => urlVariable],
  ["url", ({ values }) => values.url?.trim()],
  [
    "migrations",
    ({ values: { migrations } }, base) =>
      migrations === undefined ? undefined : path.resolve(base, migrations),
  ],
];

function refuseShared(entries: readonly Entry[], base: string, file: string): void {
  for (const [key, read] of distinct) {
    const first = new Map<string, Entry>();
    for (const entry of entries) {
      const value = read(entry, base);
      if (value === undefined) continue;
      const other = first.get(value);
      if (other !== undefined)
        throw new SocratesError(
          "config-invalid",
          `${file}: "databases.${other.key}.${key}" and "databases.${entry.key}.${key}" are the same`,
          { hint: `Give each database its own ${key}: two databases cannot share one.` },
        );
      first.set(value, entry);
    }
  }
}

/** A word on the command line or in a document could mean either. */
function refuseNamesOfOthers(entries: readonly Entry[], file: string): void {
  for (const { key, name } of entries) {
    const other = entries.find((entry) => entry.key === name && entry.key !== key);
    if (other === undefined) continue;
    throw new SocratesError(
      "config-invalid",
      `${file}: "databases.${key}.name" is "${name}", which is the key of another database`,
      { hint: "Choose a name that is not the key of another database." },
    );
  }
}

/**
 * The databases of a config file, by key; without any, the default ones.
 * @param base the folder at which relative paths of the file start
 * @param file its name, for messages
 * @throws SocratesError `config-invalid` for two with the same name, variable, connection string or folder
 */
export function databasesOf(config: ConfigFile, base: string, file: string): readonly NamedDatabase[] {
  if (config.databases === undefined) return defaults;
  const entries = entriesOf(config.databases);
  refuseShared(entries, base, file);
  refuseNamesOfOthers(entries, file);
  return entries.map(({ key, name, urlVariable }) => ({ key, name, urlVariable }));
}

/** Whether these are keys of databases whose migrations come with this package. */
export function areDefault(keys: readonly string[]): boolean {
  return keys.every((key) => defaults.some((known) => known.key === key));
}
