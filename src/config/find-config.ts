import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "../errors.ts";
import type { ConfigFile } from "./config-values.ts";

export const configFileName = "socrates-db.config.json";

/** A folder and all its parents, the nearest first. */
export function upwards(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/**
 * The config file of a working directory: the nearest one in it or above it.
 * @param last the last folder to search, undefined to search all of them
 */
export function findConfigFile(cwd: string, last: string | undefined): string | undefined {
  const folders = upwards(cwd);
  const end = last === undefined ? folders.length : folders.indexOf(last) + 1;
  return folders
    .slice(0, end)
    .map((folder) => path.join(folder, configFileName))
    .find(existsSync);
}

/** Reads and validates a config file. @throws SocratesError `config-invalid` */
export async function readConfigFile(file: string, cwd: string): Promise<ConfigFile> {
  // Imported lazily: without a config file the validator is not needed.
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
  return parseConfigFile(text, path.relative(cwd, file));
}
