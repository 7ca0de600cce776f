import { readFileSync } from "node:fs";
import path from "node:path";
import { PGlite, type postgresMod } from "@electric-sql/pglite";
import { findAsset } from "./assets.ts";
import { type BundleIndex, extensionFolders, indexFile, readBundle } from "./extension-bundles.ts";
import { shareMemory } from "./interruptible.ts";

type Engine = postgresMod.PostgresMod;

/** Mode bits of a regular file that all may read and execute (inode(7)). */
const mode = 0o100755;

/** A folder of Emscripten's in-memory file system. */
interface Folder {
  node_ops: {
    /** Called for a name that the folder does not have; throws ENOENT. */
    lookup(folder: Folder, name: string): object;
    readdir(folder: Folder): string[];
  };
}

/** Where a file of an extension comes from. */
interface Shipped {
  readonly bundle: string;
  /** The content of a control file. */
  readonly text: string | null;
}

/** The files of all extensions, which are read when they are needed. */
class ShippedFiles {
  private known: ReadonlyMap<string, Shipped> | undefined;
  private readonly bundles = new Map<string, ReadonlyMap<string, Uint8Array>>();

  /** The names of a folder. */
  names(folder: string): string[] {
    return [...this.index.keys()]
      .filter((file) => path.posix.dirname(file) === folder)
      .map((file) => path.posix.basename(file));
  }

  has(file: string): boolean {
    return this.index.has(file);
  }

  content(file: string): Uint8Array {
    const { bundle = "", text = null } = this.index.get(file) ?? {};
    if (text !== null) return Buffer.from(text);
    const files = this.bundles.get(bundle) ?? readBundle(bundle);
    this.bundles.set(bundle, files);
    const content = files.get(file);
    if (content === undefined) throw new Error(`${bundle} does not contain ${file}`);
    return shareMemory(content);
  }

  private get index(): ReadonlyMap<string, Shipped> {
    if (this.known !== undefined) return this.known;
    const index: BundleIndex = JSON.parse(readFileSync(findAsset(indexFile), "utf8"));
    this.known = new Map(
      Object.entries(index).flatMap(([bundle, files]) =>
        Object.entries(files).map(([file, text]) => [file, { bundle, text }] as const),
      ),
    );
    return this.known;
  }
}

/**
 * Lets PostgreSQL find the files of the extensions that PGlite and its packages ship. A folder is asked for a name that
 * it does not have, so a start that needs no extension reads none of them, and an extension of an existing database is
 * found without a statement that names it.
 */
export function addExtensionFiles({ FS }: Engine): void {
  const shipped = new ShippedFiles();
  for (const place of extensionFolders) {
    const folder: Folder = FS.lookupPath(`${PGlite.paths.PG_ROOT}/${place}`).node;
    const { lookup, readdir } = folder.node_ops;
    folder.node_ops = {
      ...folder.node_ops,
      lookup(parent, name) {
        const file = `${place}/${name}`;
        // Libraries, such as plpgsql, are first asked for without their ending: no shipped file is without one.
        if (path.extname(name) === "" || !shipped.has(file)) return lookup(parent, name);
        const node: object = FS.filesystems.MEMFS.createNode(parent, name, mode, 0);
        let content: Uint8Array | undefined;
        const read = () => (content ??= shipped.content(file));
        return Object.defineProperties(node, {
          contents: { get: read },
          usedBytes: { get: () => read().length },
        });
      },
      readdir: (parent) => [...new Set([...readdir(parent), ...shipped.names(place)])],
    };
  }
}
