import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as nodeModules from "node:module";
import path from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import { userCacheFolder } from "../../cache-folder.ts";
import { readTrusted, writeTrusted } from "../../trusted-file.ts";

/** What the built program exports. */
type Program = typeof import("./run-command.ts");

export interface LoadedProgram extends Program {
  /** Caches the bytecode of this run for the next start of the same command. */
  cacheCode(): void;
}

/** The program and the packages that only some commands need, one CommonJS file each. */
const folder = path.join(import.meta.dirname, "program");

/** Compiling the program takes longer than most commands, so V8's bytecode is cached. */
const codeFolder = () => {
  const cache = userCacheFolder(process.env);
  return cache && path.join(cache, "code");
};

function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && "runCommand" in value;
}

function checked(program: unknown): Program {
  if (!isProgram(program)) throw new Error(`${folder} is damaged: install socrates-db again`);
  return program;
}

/** A file that {@link loadFile} has loaded. */
interface Loaded {
  readonly exports: unknown;
  readonly cacheCode: () => void;
}

/** Loads a file of the program with its cached bytecode, as Node's own cache does from version 22. */
function loadFile(file: string, purpose: string, require: (id: string) => unknown): Loaded {
  const source = readFileSync(file);
  const hash = createHash("sha1").update(source).digest("hex").slice(0, 12);
  const name = `${path.parse(file).name}-${hash}-${process.version}-${process.arch}-${purpose}`;
  const cache = codeFolder();
  const codeFile = cache && path.join(cache, name);
  // V8 itself checks only the length of bytecode, and damaged bytecode would crash it.
  const cachedData = codeFile === undefined ? undefined : readTrusted(codeFile);
  const text = nodeModules.Module.wrap(source.toString());
  const script = new Script(text, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, folder);
  const isCached = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    exports: module.exports,
    cacheCode: () => {
      if (codeFile !== undefined && !isCached) writeTrusted(codeFile, script.createCachedData());
    },
  };
}

/** For Node versions without a compile cache. @param purpose see {@link loadProgram} */
function loadWithOwnCache(purpose: string): LoadedProgram {
  const flags = cachedDataVersionTag();
  const loaded = new Map<string, Loaded>();
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
      // V8 only accepts bytecode that was made with the same flags, and the embedded engine changes some.
      if (cachedDataVersionTag() !== flags) return;
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
  return { ...checked(program), cacheCode: () => {} };
}
