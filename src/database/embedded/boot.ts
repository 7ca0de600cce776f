import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { loadFile } from "../../bytecode.ts";
import { Mailbox } from "./mailbox.ts";
import type { WorkerSettings } from "./messages.ts";

/**
 * The start of the worker thread of one embedded database. It is small, and loads Node's modules that the rest needs:
 * once V8 has PostgreSQL's options, Node would have to compile them.
 */
const nodeModules = ["fs/promises", "stream/promises", "url", "util", "zlib"];

if (parentPort === null) throw new Error("boot.ts runs as a worker thread only");
const settings: WorkerSettings = workerData;
const mailbox = new Mailbox(parentPort, settings.shared);
const require = createRequire(settings.worker);
for (const name of nodeModules) require(name);
mailbox.send({ kind: "booted" });
const first = mailbox.receive();
if (first.kind !== "load") throw new Error(`unexpected first message ${first.kind}`);
const { exports: worker, cacheCode } = loadFile(settings.worker, "engine", require);
if (!isWorker(worker)) throw new Error(`${settings.worker} is damaged: install socrates-db again`);
void worker.run(mailbox, settings, cacheCode);

/** What the rest of the thread exports. */
function isWorker(value: unknown): value is typeof import("./worker.ts") {
  return typeof value === "object" && value !== null && "run" in value;
}
