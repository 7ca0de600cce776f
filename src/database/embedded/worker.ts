import { readFileSync } from "node:fs";
import type { PGlite } from "@electric-sql/pglite";
import { withDatabaseName } from "./database-name.ts";
import { unpackImage } from "./image.ts";
import { Interrupts } from "./interrupts.ts";
import type { Mailbox } from "./mailbox.ts";
import type { WorkerSettings } from "./messages.ts";
import { PlannerSizes } from "./planner-sizes.ts";
import { startPostgres } from "./postgres.ts";
import { ProtocolServer } from "./protocol-server.ts";

/**
 * The worker thread of one embedded database: starts PostgreSQL, serves one client at a time.
 * @param cacheCode called when the work is done
 */
export async function run(mailbox: Mailbox, settings: WorkerSettings, cacheCode: () => void): Promise<void> {
  /** PostgreSQL's last log lines, which say more than WebAssembly's error. */
  const log: string[] = [];
  try {
    const interrupts = new Interrupts(mailbox);
    const postgres = await start(mailbox, settings, interrupts, log);
    if (settings.directory === null) new PlannerSizes(postgres.Module);
    mailbox.send({ kind: "ready", flag: interrupts.attach(postgres) });
    new ProtocolServer(postgres.Module, mailbox, interrupts).serve();
    mailbox.send({ kind: "stopping" });
    await postgres.close();
    cacheCode();
    mailbox.send({ kind: "stopped" });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    mailbox.send({ kind: "failed", message: [cause, ...log].join("; ") });
  }
}

async function start(
  mailbox: Mailbox,
  settings: WorkerSettings,
  interrupts: Interrupts,
  log: string[],
): Promise<PGlite> {
  const { directory, database, image } = settings;
  const cluster =
    directory === null ? withDatabaseName(unpackImage(readFileSync(image)), database) : undefined;
  const first = mailbox.receive();
  if (first.kind !== "module") throw new Error(`unexpected message ${first.kind}`);
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
