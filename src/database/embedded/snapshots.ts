import type { PGlite } from "@electric-sql/pglite";
import { type FileSystem, isFileSystem, restoreFiles, type SavedFiles, saveFiles } from "./files.ts";
import { type Pages, restorePages, savePages } from "./pages.ts";

interface Snapshot {
  readonly memory: Pages;
  readonly files: SavedFiles;
}

/**
 * Saved states of one engine in memory, by name: all of PostgreSQL's memory and files, between two statements and
 * without a client. Pages that are equal in the first snapshot are stored once.
 */
export class Snapshots {
  readonly #postgres: PGlite["Module"];
  readonly #saved = new Map<string, Snapshot>();

  constructor(postgres: PGlite["Module"]) {
    this.#postgres = postgres;
  }

  /** Saves the state; a name that exists is replaced. */
  save(name: string): void {
    const [first] = this.#saved.values();
    this.#saved.set(name, {
      memory: savePages(this.#postgres["HEAPU8"], first?.memory),
      files: saveFiles(this.#files, first?.files),
    });
  }

  /** Returns to a saved state. @throws Error for an unknown name */
  restore(name: string): void {
    const saved = this.#saved.get(name);
    if (saved === undefined) throw new Error(`no snapshot named ${name}`);
    restorePages(this.#postgres["HEAPU8"], saved.memory);
    restoreFiles(this.#files, saved.files);
  }

  get #files(): FileSystem {
    const files: unknown = this.#postgres.FS;
    if (!isFileSystem(files)) throw new Error("the engine's file system has another form");
    return files;
  }
}
