import * as nodeModules from "node:module";
import path from "node:path";
import { codeFolder, type LoadedFile, loadFile } from "../../bytecode.ts";
import { resetEngineOptions } from "../../engine-options.ts";

/** What the built program exports. */
type Program = typeof import("./run-command.ts");

export interface LoadedProgram extends Program {
  /** Caches the bytecode of this run for the next start of the same command. */
  cacheCode(): void;
}

/** The program and the packages that only some commands need, one CommonJS file each. */
const folder = path.join(import.meta.dirname, "program");

function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && "runCommand" in value;
}

function checked(program: unknown): Program {
  if (!isProgram(program)) throw new Error(`${folder} is damaged: install socrates-db again`);
  return program;
}

/** For Node versions without a compile cache. @param purpose see {@link loadProgram} */
function loadWithOwnCache(purpose: string): LoadedProgram {
  const loaded = new Map<string, LoadedFile>();
  const requireOther = nodeModules.createRequire(path.join(folder, "program.cjs"));
  const load = (id: string): unknown => {
    if (!id.startsWith("./")) return requireOther(id);
    const found = loaded.get(id) ?? loadFile(path.join(folder, id), purpose, load);
    loaded.set(id, found);
    return found.exports;
  };
  return {
    ...checked(load("./program.cjs")),
    cacheCode: () => {
      resetEngineOptions();
      for (const { cacheCode } of loaded.values()) cacheCode();
    },
  };
}

/** Node's own cache is written when the process exits (https://nodejs.org/api/module.html#module-compile-cache). */
function enableNodesCache(): boolean {
  if (!("enableCompileCache" in nodeModules) || typeof nodeModules.enableCompileCache !== "function")
    return false;
  const cache = codeFolder();
  if (cache !== undefined) nodeModules.enableCompileCache(cache);
  return true;
}

/**
 * Loads the program; its packages are loaded when they are needed.
 * @param purpose the command's name: each command has separate bytecode of the functions that it called
 */
export function loadProgram(purpose: string): LoadedProgram {
  if (!enableNodesCache()) return loadWithOwnCache(purpose);
  const program = nodeModules.createRequire(path.join(folder, "program.cjs"))("./program.cjs");
  return { ...checked(program), cacheCode: resetEngineOptions };
}
