import { shadowVariable, sharedOptions } from "../../config/shared-options.ts";
import type { NamedDatabase } from "../../databases.ts";
import { type CommandOption, flag, list, path, text } from "./option.ts";

/** `--KEY-url` for each database, by its key. */
export function urlOptions(
  databases: readonly NamedDatabase[],
): ReadonlyMap<string, CommandOption<string | undefined>> {
  return new Map(
    databases.map(({ key, name, urlVariable }) => [
      key,
      text(`--${key}-url <url>`, { summary: `connection string of ${name} (${urlVariable})` }),
    ]),
  );
}

/** Options of every command. */
export const globalOptions = {
  dataDir: path("--data-dir <dir>", sharedOptions.dataDir),
  url: list(
    "--url <key=url>",
    { summary: "connection string of any database (repeatable)" },
    (given) => given,
  ),
  embedded: flag("--embedded", {
    summary: "use the embedded databases, whatever connection strings are set",
  }),
  role: text("--role <name>", sharedOptions.role),
  shadow: text("--shadow <url>", {
    summary: `${sharedOptions.shadow.summary} (${shadowVariable})`,
  }),
  config: path("--config <file>", {
    summary: "config file",
    byDefault: "socrates-db.config.json here or in a folder above",
  }),
  builtin: flag("--builtin", sharedOptions.builtin),
  database: text("--database <name>", { summary: "work on one database only" }),
  quiet: flag("--quiet", { summary: "no progress output, only results and errors" }),
  verbose: flag("--verbose", { summary: "more detail, and the cause of errors" }),
  color: { ...flag("--no-color", { summary: "no colours" }), read: (given: unknown) => given !== false },
} as const satisfies Record<string, CommandOption<unknown>>;

/** All of them, in the order of the help, with the databases of the project in it. */
export function allGlobalOptions(databases: readonly NamedDatabase[]): readonly CommandOption<unknown>[] {
  const keys = databases.map(({ key }) => key);
  const { url, database } = globalOptions;
  return [
    ...urlOptions(databases).values(),
    ...Object.values({
      ...globalOptions,
      url: { ...url, values: keys.map((key) => `${key}=`) },
      database: { ...database, summary: `${database.summary}: ${keys.join(" or ")}`, values: keys },
    }),
  ];
}
