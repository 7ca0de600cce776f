import { existsSync } from "node:fs";
import path from "node:path";
import { databases as defaults, type NamedDatabase } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import type { ConfigFile } from "./config-values.ts";
import { databasesOf } from "./databases-of.ts";
import { configFileName, findConfigFile, readConfigFile } from "./find-config.ts";
import { packageRoot } from "./package-root.ts";
import { checkoutOf } from "./package-use.ts";

/** The config file of a run, and the databases that it names. */
export interface FoundConfig {
  /** Absolute path; undefined if there is none. */
  readonly configFile: string | undefined;
  readonly file: ConfigFile;
  /** The folder at which relative paths of the file start. */
  readonly base: string;
  readonly databases: readonly NamedDatabase[];
}

/** The file that a flag names, or else the nearest one, up to the root of the checkout. */
function configFileOf(flag: string | undefined, cwd: string): string | undefined {
  if (flag === undefined) return findConfigFile(cwd, checkoutOf(cwd, packageRoot()));
  const file = path.resolve(cwd, flag);
  if (existsSync(file)) return file;
  throw new SocratesError("config-not-found", `the config file ${flag} does not exist`, {
    hint: `Check the path, or leave out --config: ${configFileName} in the working directory or above it is the default.`,
  });
}

/**
 * Finds and reads the config file of a working directory.
 * @param flag the value of `--config`
 * @throws SocratesError `config-not-found`, `config-invalid`
 */
export async function findConfig(flag: string | undefined, cwd: string): Promise<FoundConfig> {
  const configFile = configFileOf(flag, cwd);
  if (configFile === undefined) return { configFile, file: {}, base: cwd, databases: defaults };
  const [file, base] = [await readConfigFile(configFile, cwd), path.dirname(configFile)];
  return { configFile, file, base, databases: databasesOf(file, base, path.relative(cwd, configFile)) };
}
