import { isAscii } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Script } from "node:vm";
import { userCacheFolder } from "../../cache-folder.ts";
import { readTrusted, writeTrusted } from "../../trusted-file.ts";

/** What the built program exports of this folder. */
type Program = typeof import("./run-command.ts");

export interface LoadedProgram extends Program {
  /** Keeps what V8 has compiled up to now for the next start, of the files of which nothing was kept. */
  keepCode(): Promise<void>;
}

/** V8 takes bytecode only with the flags that it was made with; these are what a command may have set since the start. */
const flagsOfTheStart = [
  "--no-liftoff-only",
  "--wasm-tier-up",
  "--wasm-dynamic-tiering",
  "--no-wasm-lazy-validation",
  "--no-expose-gc",
  "--no-optimize-for-size",
  // The one before has changed it, too.
  "--max-semi-space-size=0",
];

/** The folder with the program and the packages that only some commands need, a file for each; its name ends with a hash of its content. */
const folder = path.join(import.meta.dirname, "program");

function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && "runCommand" in value;
}

/** A file that was loaded. */
interface Loaded {
  readonly exports: unknown;
  /** Whether there was bytecode of it that V8 took. */
  readonly wasKept: () => boolean;
  readonly keepCode: () => void;
}

/**
 * Loads a file with the bytecode that V8 made of it in an earlier run: compiling it anew takes longer than most commands
 * do. Bytecode of another version of V8, or of the file, is made anew.
 * @param require what the file loads other modules with
 */
function loadFile(name: string, purpose: string, require: (id: string) => unknown): Loaded {
  const file = path.join(folder, name);
  const cache = userCacheFolder(process.env);
  const codeFile = cache && path.join(cache, "code", `${name}-${process.version}-${process.arch}-${purpose}`);
  // V8 itself looks at no more than the length of bytecode: damaged, it would crash.
  const cachedData = codeFile === undefined ? undefined : readTrusted(codeFile);
  const bytes = readFileSync(file);
  // The build makes files ASCII, all but comments and regular expressions. Of ASCII alone, V8 takes one byte a character.
  const script = new Script(bytes.toString(isAscii(bytes) ? "latin1" : "utf8"), {
    filename: file,
    cachedData,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, folder);
  return {
    exports: module.exports,
    wasKept: () => cachedData !== undefined && script.cachedDataRejected !== true,
    keepCode: () => {
      if (codeFile !== undefined) writeTrusted(codeFile, script.createCachedData());
    },
  };
}

/**
 * Loads the program, and its packages when they are needed.
 * @param purpose a word, the command: each has bytecode of its own, of just the functions that it has called
 */
export function loadProgram(purpose: string): LoadedProgram {
  const files = new Map(readdirSync(folder).map((file) => [file.replace(/-\w+\.cjs$/, ""), file]));
  const loaded = new Map<string, Loaded>();
  const requireOther = createRequire(path.join(folder, "program.cjs"));
  const load = (name: string): unknown => {
    // A part of a package, as zod/mini, is named zod-mini by the build.
    const file = files.get(name.replace("/", "-"));
    if (file === undefined) return requireOther(name);
    const found = loaded.get(name) ?? loadFile(file, purpose, load);
    loaded.set(name, found);
    return found.exports;
  };
  const program = load("program");
  if (!isProgram(program)) throw new Error(`${folder} is damaged: install socrates-db anew`);
  return {
    ...program,
    keepCode: async () => {
      const fresh = [...loaded.values()].filter(({ wasKept }) => !wasKept());
      if (fresh.length === 0) return;
      const { setFlagsFromString } = await import("node:v8");
      for (const flag of flagsOfTheStart) setFlagsFromString(flag);
      for (const { keepCode } of fresh) keepCode();
    },
  };
}
