import { Worker } from "node:worker_threads";
import { SocratesError } from "../../errors.ts";
import {
  type AboutMember,
  type FromWorker,
  type InterruptFlag,
  sharedBytes,
  slot,
  type ToWorker,
  type WorkerSettings,
} from "./messages.ts";

/** Callbacks of one client of the backend. */
export interface BackendClient {
  /** The client has received everything: the next one may connect. */
  readonly leaving: boolean;
  /** How long a statement may compute that was interrupted before the backend is killed, in milliseconds. */
  readonly interruptLimit?: number;
  onData(bytes: Uint8Array): void;
  /** The bytes of the last `data` message were processed: more may follow. */
  onTaken(): void;
  /** Something about one of several clients that share the session. */
  onMember?(message: AboutMember): void;
  onEnded(): void;
  /** The backend has stopped. */
  onFailed(error: Error): void;
}

const startDeadline = 60_000;
/** How long a running statement may take after the backend is told to stop, in milliseconds. */
const busyDeadline = 2_000;
/** How long the checkpoint of a clean shutdown may take, in milliseconds. */
const stopDeadline = 30_000;
/** The shortest time between two checks of a statement that was interrupted, in milliseconds. */
const shortestProbe = 100;

/** The program's side of one embedded PostgreSQL: its worker thread and its client. */
export class Backend {
  private readonly worker: Worker;
  private readonly cells: Int32Array;
  /** The worker's reported state, and callbacks that wait for the next one. */
  private readonly said = new Set<FromWorker["kind"]>();
  private wake: (() => void) | undefined;
  /** The connected clients, by number. All but the newest are disconnecting. */
  private readonly clients = new Map<number, BackendClient>();
  private lastClient = 0;
  private flag: InterruptFlag | undefined;
  /** The alarm that PostgreSQL waits for. */
  private alarm: NodeJS.Timeout | undefined;
  /** The time to find out whether PostgreSQL has noticed an interrupt. */
  private probe: NodeJS.Timeout | undefined;
  /** Why the backend has stopped. */
  failure: SocratesError | undefined;
  /** Its name in messages. */
  private readonly name: string;

  constructor(file: string, settings: Omit<WorkerSettings, "shared">) {
    this.name = settings.directory ?? settings.database;
    const shared = new SharedArrayBuffer(sharedBytes);
    this.cells = new Int32Array(shared);
    const workerData: WorkerSettings = { ...settings, shared };
    // Libraries must not print from the worker to our stdout, which is data.
    this.worker = new Worker(file, {
      workerData,
      stdout: true,
      stderr: true,
      execArgv: [],
      // V8 would use four times as much before it collects: rows pass through as bytes, outside of its heap.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.worker.stdout.resume();
    this.worker.stderr.resume();
    this.worker.on("message", (message: FromWorker) => this.receive(message));
    this.worker.on("error", (error) => this.fail(this.error(error.message)));
    this.worker.on("exit", () => this.fail(this.error("it has stopped")));
  }

  /** Waits until the thread runs. */
  booted(): Promise<void> {
    return this.wait("booted", startDeadline);
  }

  /** Starts PostgreSQL in the booted thread, with V8's options for it, and waits until it runs. */
  async start(module: Promise<WebAssembly.Module>): Promise<void> {
    this.post({ kind: "load" });
    this.post({ kind: "module", module: await module });
    await this.wait("ready", startDeadline);
  }

  /** Connects a client and returns its number; undefined while another is connected. */
  open(listener: BackendClient, settings: readonly (readonly [string, string])[]): number | undefined {
    if (Array.from(this.clients.values()).some((client) => !client.leaving)) return undefined;
    // The worker finishes one client before it reads the next message.
    for (const id of this.clients.keys()) this.post({ kind: "close", client: id });
    const id = ++this.lastClient;
    this.clients.set(id, listener);
    this.post({ kind: "open", client: id, settings });
    return id;
  }

  post(message: ToWorker): void {
    this.worker.postMessage(message);
    Atomics.add(this.cells, slot.inbox, 1);
    Atomics.notify(this.cells, slot.inbox);
  }

  /** The client has disconnected: its transaction is rolled back before the next client is served. */
  leave(id: number): void {
    if (!this.clients.delete(id)) return;
    if (this.failure === undefined) this.post({ kind: "close", client: id });
  }

  /** Saves the state under a name, or returns to it. Only without a client, one at a time. */
  async snapshot(kind: "save" | "restore", snapshot: string): Promise<void> {
    this.said.delete("kept");
    this.post({ kind, snapshot });
    await this.wait("kept", startDeadline);
  }

  /** Reports how many bytes the client has read. */
  read(bytes: number): void {
    Atomics.sub(this.cells, slot.unread, bytes);
    Atomics.notify(this.cells, slot.unread);
  }

  /**
   * Shuts PostgreSQL down and ends the thread. Kills a statement that does not end soon, a backend that hangs and a
   * shutdown that takes too long: the next start recovers from the WAL, as after a crash.
   */
  async stop(): Promise<void> {
    this.dropClients(this.error("it was closed"));
    if (this.failure === undefined) {
      this.post({ kind: "shutdown" });
      await this.wait("stopping", busyDeadline)
        .then(() => this.wait("stopped", stopDeadline))
        .catch(() => undefined);
    }
    this.failure ??= this.error("it was closed");
    await this.worker.terminate();
  }

  /** Cancels the statement of a unit if it still runs. */
  cancel(unit: number): void {
    Atomics.store(this.cells, slot.cancelled, unit);
    this.interrupt();
  }

  /** Makes PostgreSQL ask what happened. */
  private interrupt(): void {
    if (this.flag === undefined) return;
    Atomics.add(this.cells, slot.interrupts, 1);
    Atomics.store(new Int32Array(this.flag.memory), this.flag.address / 4, 1);
    const [limit] = Array.from(this.clients.values(), ({ interruptLimit }) => interruptLimit);
    if (limit === undefined || this.probe !== undefined) return;
    this.probeAfter(limit, limit, process.cpuUsage());
  }

  private probeAfter(delay: number, limit: number, since: NodeJS.CpuUsage): void {
    this.probe = setTimeout(() => this.checkInterrupt(limit, since), delay).unref();
  }

  /** Kills the thread if PostgreSQL has not asked about an interrupt, although it computes; else interrupts it again. */
  private checkInterrupt(limit: number, since: NodeJS.CpuUsage): void {
    this.probe = undefined;
    if (Atomics.load(this.cells, slot.waits) === 1) return;
    if (Atomics.load(this.cells, slot.taken) === Atomics.load(this.cells, slot.interrupts)) {
      this.interrupt();
      return;
    }
    // On a busy machine the thread may not have had its turn: the processor's time counts.
    const { user, system } = process.cpuUsage(since);
    const left = limit - (user + system) / 1000;
    if (left > 0) {
      this.probeAfter(Math.max(left, shortestProbe), limit, since);
      return;
    }
    this.fail(this.error("a statement did not stop after an interrupt"));
    void this.worker.terminate();
  }

  private setAlarm(alarm: number, delay: number): void {
    clearTimeout(this.alarm);
    this.alarm = setTimeout(() => {
      if (Atomics.load(this.cells, slot.alarm) !== alarm) return;
      Atomics.store(this.cells, slot.due, alarm);
      this.interrupt();
    }, delay);
    this.alarm.unref();
  }

  private receive(message: FromWorker): void {
    if (message.kind === "failed") {
      this.fail(this.error(message.message));
    } else if (message.kind === "data") {
      const client = this.clients.get(message.client);
      // Bytes for a disconnected client count as read; otherwise the worker would wait for it.
      if (client === undefined) this.read(message.bytes.length);
      else client.onData(message.bytes);
    } else if (message.kind === "taken") {
      this.clients.get(message.client)?.onTaken();
    } else if (
      message.kind === "dismissed" ||
      message.kind === "answer" ||
      message.kind === "limits" ||
      message.kind === "end-member" ||
      message.kind === "lock-released"
    ) {
      for (const client of this.clients.values()) client.onMember?.(message);
    } else if (message.kind === "ended") {
      const client = this.clients.get(message.client);
      this.clients.delete(message.client);
      client?.onEnded();
    } else if (message.kind === "alarm") {
      this.setAlarm(message.alarm, message.delay);
    } else {
      if (message.kind === "ready") this.flag = message.flag;
      this.said.add(message.kind);
      this.wake?.();
    }
  }

  private fail(error: SocratesError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.wake?.();
    this.dropClients(error);
  }

  private dropClients(error: SocratesError): void {
    const clients = Array.from(this.clients.values());
    this.clients.clear();
    for (const client of clients) client.onFailed(error);
  }

  private async wait(kind: FromWorker["kind"], deadline: number): Promise<void> {
    const end = performance.now() + deadline;
    while (!this.said.has(kind)) {
      if (this.failure !== undefined) throw this.failure;
      const left = end - performance.now();
      if (left <= 0) throw this.error(`it did not answer within ${deadline / 1000} seconds`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  private error(text: string): SocratesError {
    return engineFailure(this.name, text);
  }
}

/** The error of a database whose engine has reported a text. */
export function engineFailure(name: string, text: string): SocratesError {
  return new SocratesError("embedded-failed", `the embedded database ${name} failed: ${oneLine(text)}`, {
    hint: hintFor(text),
  });
}

/** The hint for PostgreSQL's messages, which the embedded engine only has in English, or for error codes of Node. */
const hints: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /database ".*" does not exist/,
    "The folder was created under another name of the database: correct the name in the config file, or remove the folder to start over.",
  ],
  [/no space left|ENOSPC|disk quota/i, "Free some disk space, then run the command again."],
  [
    /permission denied|EACCES|EPERM|EROFS|read-only file system/i,
    "Check that this user can write to the folder and everything in it, then run the command again.",
  ],
  [
    /pg_control|could not open|no such file|ENOENT|checkpoint|invalid|PANIC|corrupt|missing/i,
    "The folder is damaged or incomplete: restore it from a backup, or remove it to start over.",
  ],
  [/it was closed|it has stopped/, "Run the command again."],
];

function hintFor(text: string): string {
  const found = hints.find(([words]) => words.test(text));
  return found?.[1] ?? "Run the command again; if it fails again, remove the folder to start over.";
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
