import type { Duplex } from "node:stream";
import { setEngineOptions } from "../../engine-options.ts";
import { bootFile, findAsset, imageFile, workerFile } from "./assets.ts";
import { Backend } from "./backend.ts";
import { Connection } from "./connection.ts";
import { readEdited } from "./engine-file.ts";
import { install } from "./new-cluster.ts";
import { prepareDirectory } from "./prepare-directory.ts";
import { type SharedListener, type SharedSession, shareSession } from "./shared-session.ts";

export interface EmbeddedEngine {
  /**
   * A new stream that speaks PostgreSQL's wire protocol, for the `socket` option of postgres.js with `max: 1`. One at
   * a time: until it has ended or was destroyed, the next one gets the error 53300. Each session starts fresh,
   * without the settings, locks and open transaction of the one before.
   */
  connect(): Duplex;
  /**
   * Saves the whole state of a database in memory under a name (`save`), or returns to it (`restore`). Not while a
   * client is connected.
   */
  snapshot(kind: "save" | "restore", name: string): Promise<void>;
  /**
   * The session for several clients, who take turns: the same session as that of `connect`, and also one at a time.
   * @returns undefined while it is in use
   */
  share(listener: SharedListener): SharedSession | undefined;
  /**
   * Starts PostgreSQL again from its last commit after it has failed. Undefined for a database in memory.
   * @throws SocratesError as `openEmbedded`
   */
  readonly restart: (() => Promise<void>) | undefined;
  /**
   * Shuts PostgreSQL down with a checkpoint and releases the directory. A statement that still runs after two seconds
   * is killed and rolled back. Idempotent; never throws.
   */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute path of the data directory of one database; null for a database in memory. */
  readonly directory: string | null;
  /** The result of current_database(). */
  readonly database: string;
}

/**
 * Starts an embedded PostgreSQL in a worker thread. Creates a missing directory from the prepared image, with its
 * parents, for the owner only.
 * @throws SocratesError `embedded-locked` when another engine uses the directory, `image-missing` when the package
 * was
 *   not built, `embedded-failed` when PostgreSQL does not start within a minute
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const { directory, database } = options;
  const image = findAsset(imageFile);
  const file = findAsset(bootFile);
  const worker = findAsset(workerFile);
  const lock = directory === null ? undefined : await prepareDirectory(directory);
  const newBackend = () => new Backend(file, { directory, database, image, worker });
  let backend = newBackend();
  const close = async (): Promise<void> => {
    await backend.stop();
    lock?.release();
  };
  try {
    const installing = directory === null ? undefined : install(directory, database, lock?.text ?? "");
    await startBackend(backend, installing);
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    connect: () => new Connection(backend),
    snapshot: (kind, name) => backend.snapshot(kind, name),
    share: (listener) => shareSession(backend, listener),
    restart:
      directory === null
        ? undefined
        : async () => {
            await backend.stop();
            backend = newBackend();
            await startBackend(backend);
          },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** The threads that are starting. */
const booting = new Set<Promise<void>>();

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Starts PostgreSQL in a thread. PostgreSQL is compiled once for all threads of the process; its module is read while
 * they start, and V8's options for it are set when they have started.
 * @param installing creates the directory
 */
async function startBackend(backend: Backend, installing?: Promise<void>): Promise<void> {
  const booted = backend.booted().finally(() => booting.delete(booted));
  booting.add(booted);
  compiled ??= compileEngine(Promise.allSettled(booting));
  // Handled where it is awaited; until then a failure must not count as unhandled.
  compiled.catch(() => undefined);
  installing?.catch(() => undefined);
  await booted;
  await Promise.allSettled(booting);
  await installing;
  await backend.start(compiled);
}

async function compileEngine(ready: Promise<unknown>): Promise<WebAssembly.Module> {
  const bytes = await readEdited();
  await ready;
  setEngineOptions();
  return WebAssembly.compile(bytes);
}
