/** The worker thread of one embedded database: installs the image, starts PostgreSQL, serves one client at a time. */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import { withDatabaseName } from "./database-name.ts";
import { embeddedExists, isPartial } from "./directory.ts";
import { type Cluster, unpackImage } from "./image.ts";
import { installCluster } from "./install.ts";
import { Interrupts } from "./interrupts.ts";
import { Mailbox } from "./mailbox.ts";
import type { WorkerSettings } from "./messages.ts";
import { startPostgres } from "./postgres.ts";
import { ProtocolServer } from "./protocol-server.ts";

if (parentPort === null) throw new Error("worker.ts runs as a worker thread only");
const settings: WorkerSettings = workerData;
const mailbox = new Mailbox(parentPort, settings.shared);

/** PostgreSQL's last log line, which says more than WebAssembly's error. */
const log: string[] = [];

run().catch((error: unknown) => {
  const cause = error instanceof Error ? error.message : String(error);
  mailbox.send({ kind: "failed", message: [cause, ...log].join("; ") });
});

async function run(): Promise<void> {
  const interrupts = new Interrupts(mailbox);
  const postgres = await start(interrupts);
  mailbox.send({ kind: "ready", flag: interrupts.attach(postgres) });
  new ProtocolServer(postgres.Module, mailbox, interrupts).serve();
  mailbox.send({ kind: "stopping" });
  await postgres.close();
  mailbox.send({ kind: "stopped" });
}

async function start(interrupts: Interrupts): Promise<PGlite> {
  const { directory, database } = settings;
  const cluster =
    directory === null || !embeddedExists(directory) || isPartial(directory) ? readCluster() : undefined;
  if (directory !== null && cluster !== undefined) installCluster(directory, cluster, settings.lock);
  const first = mailbox.receive();
  if (first.kind !== "module") throw new Error(`unexpected first message ${first.kind}`);
  return startPostgres({
    module: first.module,
    database,
    directory,
    cluster,
    interrupts,
    onLog(line) {
      log.push(line);
      if (log.length > 5) log.shift();
    },
  });
}

function readCluster(): Cluster {
  return withDatabaseName(unpackImage(readFileSync(settings.image)), settings.database);
}
