import { MemoryFS, PGlite } from "@electric-sql/pglite";
import type { Cluster } from "./image.ts";
import type { Interrupts } from "./interrupts.ts";
import { quickWriter, withQuickFiles } from "./quick-files.ts";

/** A data directory in memory that starts as a prepared cluster. */
export class MemoryCluster extends MemoryFS {
  private readonly cluster: Cluster | undefined;
  private readonly interrupts: Interrupts;

  constructor(cluster: Cluster | undefined, interrupts: Interrupts) {
    super();
    this.cluster = cluster;
    this.interrupts = interrupts;
  }

  override init(...[postgres, options]: Parameters<MemoryFS["init"]>): ReturnType<MemoryFS["init"]> {
    return super.init(postgres, withQuickFiles(this.interrupts.options(options)));
  }

  /** PGlite calls it before it checks whether there is a database. */
  override async initialSyncFs(): Promise<void> {
    const engine = this.pg?.Module;
    if (engine === undefined || this.cluster === undefined)
      throw new Error("the database in memory has no image");
    const root = PGlite.paths.PGDATA;
    engine.FS.mkdirTree(root, 0o700);
    for (const folder of this.cluster.folders) engine.FS.mkdir(`${root}/${folder}`, 0o700);
    const write = quickWriter(engine);
    for (const { path, content, size } of this.cluster.files) {
      const whole = new Uint8Array(size);
      whole.set(content);
      write(`${root}/${path}`, whole, 0o600);
    }
  }
}
