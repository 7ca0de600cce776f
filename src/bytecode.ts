import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Module } from "node:module";
import path from "node:path";
import { Script } from "node:vm";
import { userCacheFolder } from "./cache-folder.ts";
import { readTrusted, writeTrusted } from "./trusted-file.ts";

/** Compiling a bundle takes longer than most commands, so V8's bytecode is cached. */
export function codeFolder(): string | undefined {
  const cache = userCacheFolder(process.env);
  return cache && path.join(cache, "code");
}

/** A file that {@link loadFile} has loaded. */
export interface LoadedFile {
  readonly exports: unknown;
  /** Caches the bytecode of what has run, unless it came from the cache. V8 options must be those of the loading. */
  cacheCode(): void;
}

/**
 * Loads a CommonJS file in ASCII with its cached bytecode, as Node's own cache does from version 22.
 * @param purpose files of several purposes have separate bytecode, of the functions that each has called
 */
export function loadFile(file: string, purpose: string, require: (id: string) => unknown): LoadedFile {
  const source = readFileSync(file);
  const hash = createHash("sha1").update(source).digest("hex").slice(0, 12);
  const name = `${path.parse(file).name}-${hash}-${process.version}-${process.arch}-${purpose}`;
  const cache = codeFolder();
  const codeFile = cache && path.join(cache, name);
  // V8 itself checks only the length of bytecode, and damaged bytecode would crash it.
  const cachedData = codeFile === undefined ? undefined : readTrusted(codeFile);
  const script = new Script(Module.wrap(source.toString("latin1")), { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, path.dirname(file));
  const isCached = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    exports: module.exports,
    cacheCode: () => {
      if (codeFile !== undefined && !isCached) writeTrusted(codeFile, script.createCachedData());
    },
  };
}
