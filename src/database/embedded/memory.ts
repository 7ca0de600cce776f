import { MemoryFS, PGlite } from "@electric-sql/pglite";
import type { Cluster } from "./image.ts";

/** A data directory in memory that starts as a prepared cluster. */
export class MemoryCluster extends MemoryFS {
  private readonly cluster: Cluster | undefined;

  constructor(cluster: Cluster | undefined) {
    super();
    this.cluster = cluster;
  }

  /** PGlite calls it before it looks whether there is a database. */
  override async initialSyncFs(): Promise<void> {
    const files = this.pg?.Module.FS;
    if (files === undefined || this.cluster === undefined)
      throw new Error("the database in memory has no image");
    const root = PGlite.paths.PGDATA;
    files.mkdirTree(root, 0o700);
    for (const folder of this.cluster.folders) files.mkdir(`${root}/${folder}`, 0o700);
    for (const { path, content, size } of this.cluster.files) {
      const whole = new Uint8Array(size);
      whole.set(content);
      files.writeFile(`${root}/${path}`, whole);
    }
  }
}
