import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { addExtensionFiles } from "./extension-files.ts";
import type { Cluster } from "./image.ts";
import type { Interrupts } from "./interrupts.ts";
import { MemoryCluster } from "./memory.ts";
import { startParameters } from "./parameters.ts";
import { withQuickFiles } from "./quick-files.ts";

/** Skips a catalog query that only PGlite's own query functions need. */
class Postgres extends PGlite {
  override async _initArrayTypes(): Promise<void> {}
}

/** A data directory on disk. */
class Directory extends NodeFS {
  private readonly interrupts: Interrupts;

  constructor(directory: string, interrupts: Interrupts) {
    super(directory);
    this.interrupts = interrupts;
  }

  override init(...[postgres, options]: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    return super.init(postgres, withQuickFiles(this.interrupts.options(options)));
  }
}

export interface PostgresSettings {
  /** The compiled `pglite.wasm`. */
  readonly module: WebAssembly.Module;
  readonly database: string;
  /** An initialised data directory; null to hold `cluster` in memory. */
  readonly directory: string | null;
  readonly cluster: Cluster | undefined;
  readonly interrupts: Interrupts;
  /** Called with each line of PostgreSQL's log. */
  readonly onLog: (line: string) => void;
}

/**
 * Starts PostgreSQL in this thread.
 * @throws Error when it does not start; the log then says why
 */
export async function startPostgres(settings: PostgresSettings): Promise<PGlite> {
  const { module, database, directory, cluster, interrupts, onLog } = settings;
  const postgres = new Postgres({
    fs: directory === null ? new MemoryCluster(cluster, interrupts) : new Directory(directory, interrupts),
    database,
    startParams: [...startParameters],
    pgliteWasmModule: module,
    // PGlite allocates it, and `interrupts` replaces it with shared memory.
    initialMemory: 65_536,
    // initdb never runs here, but PGlite would load its code.
    initdbWasmModule: module,
    onStderr(line) {
      onLog(line);
      return false;
    },
  });
  await postgres.waitReady;
  addExtensionFiles(postgres.Module);
  return postgres;
}
