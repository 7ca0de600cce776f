import type { Duplex } from "node:stream";
import type { EmbeddedEngine } from "../database/embedded/engine.ts";
import type { Host } from "./entrance.ts";
import { verifierOf } from "./login.ts";
import type { Refusal } from "./protocol.ts";
import { ServedClient } from "./served-client.ts";
import { Turns } from "./turns.ts";

/** An embedded database that several clients use at the same time. */
export interface SharedDatabase {
  /** A stream for one more client, from its startup packet on (for the `socket` option of postgres.js, `stream` of pg). */
  connect(): Duplex;
  /** Ends all clients (57P01, their transactions are rolled back), keeps new ones waiting, runs `work` with the idle engine, then continues. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Ends all clients. The engine continues to run. */
  close(): Promise<void>;
}

export interface ShareOptions {
  /** The name that clients must ask for. */
  readonly database: string;
  /** Undefined: clients need none. */
  readonly password?: string;
  /** How long a client waits for another one's transaction unless it sets lock_timeout, in milliseconds. */
  readonly lockTimeout?: number;
  /** How long a client may be idle in a transaction, in milliseconds; 0 for no limit. */
  readonly idleInTransaction?: number;
  /** How long a statement may continue that was cancelled before the engine is restarted, in milliseconds. */
  readonly interruptLimit?: number;
  readonly maxClients?: number;
}

/** The limits of {@link shareDatabase}; times in milliseconds. */
export const shareDefaults = {
  lockTimeout: 10_000,
  idleInTransaction: 300_000,
  interruptLimit: 5_000,
  maxClients: 100,
} as const;

const user = "postgres";

const shutdown: Refusal = {
  sqlState: "57P01",
  message: "terminating connection due to administrator command",
};

function crashed({ message }: Error): Refusal {
  return {
    sqlState: "57P02",
    message: `terminating connection because of crash of the engine: ${message}`,
  };
}

/** Lets several clients share an embedded database, which nothing else may use until `close`. */
export function shareDatabase(engine: EmbeddedEngine, options: ShareOptions): SharedDatabase {
  const { database, password, lockTimeout, idleInTransaction, interruptLimit, maxClients } = {
    ...shareDefaults,
    ...options,
  };
  const clients = new Map<number, ServedClient>();
  let lastMember = 0;
  let failure: Error | undefined;
  let isClosed = false;
  const endAll = (refusal: Refusal) => {
    for (const client of Array.from(clients.values())) client.terminate(refusal);
  };
  let last: Promise<unknown> = Promise.resolve();
  const restart = async (crash: Error) => {
    if (isClosed) return;
    await turns.pause();
    try {
      if (engine.restart === undefined) throw crash;
      await engine.restart();
      turns.resume();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      endAll(crashed(failure));
    }
  };
  const turns = new Turns(engine, { idleInTransaction, interrupt: interruptLimit }, (crash) => {
    endAll(crashed(crash));
    last = last.then(() => restart(crash));
  });
  const host: Host = {
    turns,
    database,
    user,
    verifier: password === undefined ? undefined : verifierOf(password),
    lockTimeout,
    cancel(pid, key) {
      const client = Array.from(clients.values()).find((candidate) => candidate.pid === pid);
      if (client?.hasKey(key) === true) client.cancel();
    },
    refusal() {
      if (failure !== undefined || isClosed)
        return { sqlState: "57P03", message: "the database system is shutting down" };
      const isFull = clients.size > maxClients;
      return isFull ? { sqlState: "53300", message: "sorry, too many clients already" } : undefined;
    },
    onLeft: (member) => clients.delete(member),
  };
  return {
    connect() {
      const client = new ServedClient(host, ++lastMember);
      clients.set(client.member, client);
      return client;
    },
    exclusively(work) {
      const result = last.then(async () => {
        endAll(shutdown);
        await turns.pause();
        try {
          return await work();
        } finally {
          turns.resume();
        }
      });
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      isClosed = true;
      endAll(shutdown);
      await last;
      await turns.pause();
    },
  };
}
