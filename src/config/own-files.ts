import path from "node:path";
import { databases as defaults, type NamedDatabase } from "../databases.ts";
import type { DocumentPlaces } from "../document-places.ts";
import { SocratesError } from "../errors.ts";
import type { ConfigFile } from "./config-values.ts";
import { areDefault } from "./databases-of.ts";
import { configFileName } from "./find-config.ts";
import { packageRoot } from "./package-root.ts";
import { packageUse } from "./package-use.ts";

/** The migrations and the document of a run, absolute paths. */
export interface ProjectFiles {
  /** Migrations folders by database key; databases that are missing here have none. */
  readonly migrations: ReadonlyMap<string, string>;
  readonly document: DocumentPlaces | undefined;
  /** Whether the databases of the project are those whose migrations come with this package. */
  readonly hasBuiltin: boolean;
  /** Why migrations or a document are missing: the start of a message. */
  readonly reason: string;
}

/** Where to look for the files of a run. */
export interface FileRequest {
  readonly cwd: string;
  /** Absolute path of the config file; undefined if there is none. */
  readonly configFile: string | undefined;
  readonly file: ConfigFile;
  /** The folder at which relative paths of the config file start. */
  readonly base: string;
  /** All databases of the project. */
  readonly databases: readonly NamedDatabase[];
  /** Whether `--builtin` or `builtin` selects this package's migrations and document. */
  readonly builtin: boolean;
  /** As typed: relative to the working directory; none for that of the config file. */
  readonly document: readonly string[];
}

/**
 * Finds the migrations and the document of a run. Those of this package are used only with `--builtin`, in its own
 * checkout, or by a globally installed tool without a config file: an application whose configuration is missing or
 * incomplete must never get another application's tables.
 * @throws SocratesError `config-invalid` for `builtin` next to folders of migrations
 */
export function projectFiles(request: FileRequest): ProjectFiles {
  const { cwd, configFile, file, base, databases, builtin } = request;
  const own = new Map(
    databases.flatMap(({ key }) => {
      const folder = file.databases?.[key]?.migrations;
      return folder === undefined ? [] : [[key, path.resolve(base, folder)] as const];
    }),
  );
  if (builtin && own.size > 0)
    throw new SocratesError("config-invalid", "builtin and databases.KEY.migrations exclude each other", {
      hint: `Leave out --builtin and "builtin", or the folders of migrations in ${configFileName}.`,
    });
  const hasBuiltin = areDefault(databases.map(({ key }) => key));
  if (builtin && !hasBuiltin)
    throw new SocratesError("config-invalid", "builtin and databases of other keys exclude each other", {
      hint: `Leave out --builtin and "builtin": the migrations of this package are for ${defaults.map(({ key }) => key).join(" and ")}.`,
    });
  const use = own.size > 0 || builtin || !hasBuiltin ? undefined : packageUse(cwd, packageRoot());
  const usesPackage =
    builtin || use?.kind === "checkout" || (use?.kind === "tool" && configFile === undefined);
  return {
    migrations: usesPackage ? packageMigrations(databases) : own,
    document: documentPlaces(request, usesPackage),
    hasBuiltin,
    reason:
      configFile === undefined && use?.kind === "dependency"
        ? `no ${configFileName} was found in ${cwd} or above it, and socrates-db is a dependency of ${use.repository}`
        : `${configFile === undefined ? configFileName : path.relative(cwd, configFile)} names none`,
  };
}

function documentPlaces(
  { cwd, file, base, document }: FileRequest,
  usesPackage: boolean,
): DocumentPlaces | undefined {
  if (document.length > 0) return { base: cwd, patterns: document };
  if (file.document !== undefined) return { base, patterns: [file.document].flat() };
  return usesPackage ? { base: packageRoot(), patterns: ["docs/schema.md"] } : undefined;
}

function packageMigrations(databases: readonly NamedDatabase[]): Map<string, string> {
  return new Map(
    defaults
      .filter((known) => databases.some(({ key }) => key === known.key))
      .map(({ key, migrations }) => [key, path.join(packageRoot(), migrations)]),
  );
}

/** The error of a command that needs migrations if none are configured. */
export function noMigrations({ reason, hasBuiltin }: ProjectFiles, key?: string): SocratesError {
  return new SocratesError(
    "config-not-found",
    `no migrations are configured${key === undefined ? "" : ` for ${key}`}: ${reason}`,
    {
      hint: `Name the folder of the migrations as databases.${key ?? "KEY"}.migrations in ${configFileName}${hasBuiltin ? ", or add --builtin for those that come with socrates-db" : ""}.`,
    },
  );
}

/** The error of a command that needs a schema document if none is configured. */
export function noDocument({ reason }: ProjectFiles): SocratesError {
  return new SocratesError("config-not-found", `no schema document is configured: ${reason}`, {
    hint: `Name it with --document FILE or as document in ${configFileName}, or compare with the migrations: --from migrations.`,
  });
}
