import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { constants, Script } from "node:vm";
import { userCacheFolder } from "../cache-folder.ts";
import { readCode, writeCode } from "./code-cache.ts";

/** What `program.ts` exports. */
type Program = typeof import("../program.ts");

export interface LoadedProgram extends Program {
  /** Keeps what V8 has compiled up to now for the next start, unless that was there already. */
  keepCode(): Promise<void>;
}

/** V8 takes bytecode only with the flags that it was made with; these are what a command may have set since the start. */
const flagsOfTheStart = ["--no-liftoff-only", "--wasm-tier-up", "--wasm-dynamic-tiering", "--no-expose-gc"];

/** The folder with the one file of the program, which the build names by its content. */
const folder = path.join(import.meta.dirname, "program");

function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && "runCommand" in value;
}

/**
 * Loads the program with the bytecode that V8 made of it in an earlier run: compiling it anew takes longer than most
 * commands do. Bytecode of another version of V8, or of the program, is made anew.
 * @param purpose a word, the command: each has bytecode of its own, of just the functions that it has called
 */
export function loadProgram(purpose: string): LoadedProgram {
  const [name = ""] = readdirSync(folder);
  const file = path.join(folder, name);
  const codeFile = path.join(
    userCacheFolder(process.env),
    "code",
    `${name}-${process.version}-${process.arch}-${purpose}`,
  );
  const cachedData = readCode(codeFile);
  // The program is ASCII, so that V8 holds it in one byte a character.
  const script = new Script(readFileSync(file, "latin1"), {
    filename: file,
    cachedData,
    // Before Node 20.12 there is only the function.
    importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER ?? ((specifier) => import(specifier)),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, folder);
  if (!isProgram(module.exports)) throw new Error(`${file} is damaged: install socrates-db anew`);
  return {
    ...module.exports,
    keepCode: async () => {
      if (cachedData !== undefined && script.cachedDataRejected !== true) return;
      const { setFlagsFromString } = await import("node:v8");
      for (const flag of flagsOfTheStart) setFlagsFromString(flag);
      writeCode(codeFile, script.createCachedData());
    },
  };
}
