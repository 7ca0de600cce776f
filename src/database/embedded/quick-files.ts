import path from "node:path";
import type { postgresMod } from "@electric-sql/pglite";
import { shareMemory } from "./interruptible.ts";

type Engine = postgresMod.PostgresMod;

/** The part of Emscripten's in-memory file system that adds a file to an open folder. */
interface Memory {
  createNode(folder: object, name: string, mode: number, device: number): MemoryFile;
}

interface MemoryFile {
  contents: Uint8Array;
  usedBytes: number;
}

/** Mode bits of a regular file (inode(7)). */
const regularFile = 0o100000;

/**
 * Writes files into Emscripten's memory. Emscripten's own functions look every path up four times, name by name.
 * @returns a function for the path of a new file in an existing folder. It keeps the content without copying it
 */
export function quickWriter({
  FS,
}: Pick<Engine, "FS">): (file: string, content: Uint8Array, permissions: number) => void {
  const memory: Memory = FS.filesystems.MEMFS;
  const folders = new Map<string, object>();
  return (file, content, permissions) => {
    const { dir, base } = path.posix.parse(file);
    const folder = folders.get(dir) ?? FS.lookupPath(dir).node;
    folders.set(dir, folder);
    const created = memory.createNode(folder, base, regularFile | permissions, 0);
    created.contents = content;
    created.usedBytes = content.length;
  };
}

/** Options that let PGlite write its own files quickly: 700 of them, mostly time zones, took 30 ms of each start. */
export function withQuickFiles(options: Partial<Engine>): Partial<Engine> {
  const replace = (engine: Engine) => {
    const write = quickWriter(engine);
    Object.assign(engine, {
      FS_createDataFile: (file: string, _: null, content: Uint8Array) =>
        write(file, shareMemory(content), 0o777),
    });
  };
  return { ...options, preRun: [...(options.preRun ?? []), replace] };
}
