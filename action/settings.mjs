/** The settings of one run of the action, from its environment. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * An input of the action.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
export function input(env, name) {
  return (env[`INPUT_${name}`] ?? "").trim();
}

/** @param {string} file @returns {any} */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * The config file of a folder, or of one above it as the program looks for it; undefined if there is none. Without one,
 * the program run by npx would check the schema that comes with it.
 * @param {string} folder
 * @returns {string | undefined}
 */
export function configFileOf(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, "socrates-db.config.json");
    if (existsSync(file)) return file;
    if (path.dirname(at) === at) return undefined;
  }
}

/**
 * The environment variables with the connection strings of the databases, by their keys. The program reports a config
 * file that it cannot read.
 * @param {string} configFile
 * @returns {ReadonlyMap<string, string>}
 */
function urlVariables(configFile) {
  const configured = readJson(configFile)?.databases;
  const databases =
    typeof configured === "object" && configured !== null ? configured : { auth: {}, specs: {} };
  return new Map(
    Object.entries(databases).map(([key, database]) => [
      key,
      typeof database?.urlVariable === "string" ? database.urlVariable : `DATABASE_URL_${key.toUpperCase()}`,
    ]),
  );
}

/**
 * The environment of the program, without the inputs and with the connection strings, and whether there are any: a fork
 * has no secrets, and its variables are empty.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} configFile
 * @throws {Error} for a line of `urls` without the key of a database; its text is not repeated
 */
export function programEnvironment(env, configFile) {
  const variables = urlVariables(configFile);
  const result = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("INPUT_")));
  for (const [i, line] of input(env, "URLS").split("\n").entries()) {
    if (line.trim() === "") continue;
    const [, key = "", url = ""] = /^\s*([^=]*?)\s*=(.*)$/.exec(line) ?? [];
    const variable = variables.get(key);
    if (variable === undefined)
      throw new Error(
        `line ${i + 1} of urls does not start with the key of a database: ${[...variables.keys()].join(", ")}`,
      );
    result[variable] = url.trim();
  }
  const hasUrls = [...variables.values()].some((name) => (result[name] ?? "").trim() !== "");
  return { env: result, hasUrls: hasUrls || hasConfiguredUrls(configFile) };
}

/** @param {string} configFile */
function hasConfiguredUrls(configFile) {
  const databases = readJson(configFile)?.databases ?? {};
  return Object.values(databases).some((database) => typeof database?.url === "string");
}

/**
 * The command that runs the program: what the folder has installed, or the package of a version.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 * @returns {readonly [string, ...string[]]}
 * @throws {Error} for a version that is not one
 */
export function programCommand(env, folder) {
  const version = input(env, "VERSION");
  if (version === "")
    for (let at = folder; ; at = path.dirname(at)) {
      const installed = path.join(at, "node_modules", "socrates-db", "bin", "socrates-db.js");
      if (existsSync(installed)) return [process.execPath, installed];
      if (path.dirname(at) === at) break;
    }
  const own = readJson(path.join(env["GITHUB_ACTION_PATH"] ?? ".", "package.json"));
  const wanted = version === "" ? own?.version : version;
  if (!/^[\w.~^-]+$/.test(String(wanted))) throw new Error("the input version is not a version");
  return ["npx", "--yes", `socrates-db@${wanted}`];
}

/**
 * The event that started the workflow.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ pull: number | undefined, base: string | undefined }}
 */
export function eventOf(env) {
  const event = readJson(env["GITHUB_EVENT_PATH"] ?? "") ?? {};
  const { pull_request: pull, before } = event;
  const base = input(env, "BASE") || pull?.base?.sha || before;
  return {
    pull: Number.isSafeInteger(pull?.number) ? pull.number : undefined,
    // A new branch has no commit before it.
    base: typeof base === "string" && !/^0*$/.test(base) ? base : undefined,
  };
}
