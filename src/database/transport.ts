import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { sleep } from "./deadline.ts";
import { dial, sendCancel } from "./dial.ts";
import type { EmbeddedEngine } from "./embedded/engine.ts";
import type { HostAddress, ServerTarget, Target } from "./target.ts";

/** Milliseconds between two requests to cancel one statement: what arrives before the backend has begun with it is lost. */
export const cancelPause = 500;

/** How a session reaches its database. */
export interface Transport {
  /** @param signal ends the attempt to connect */
  readonly socket: (signal?: AbortSignal) => Duplex | Promise<Duplex>;
  /** The target with only the host that answered, for connections that are to reach the same server. */
  readonly answered: () => Target;
  /** Cancels what the backend runs, over a connection of its own. */
  readonly cancel: (key: { pid: number; secret: number }) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Closes a socket once its last message is on its way: as with libpq, nobody waits for the server to hang up, too. */
function closedAtItsEnd(socket: Socket): Socket {
  return socket.once("finish", () => socket.destroy());
}

/** @throws SocratesError for embedded databases; a server is dialled later, by `socket` */
export async function openTransport(target: Target, database: string): Promise<Transport> {
  if (target.kind === "server") {
    let answered: ServerTarget = target;
    const onConnected = (address: HostAddress) => {
      answered = { ...target, hosts: [address] };
    };
    return {
      socket: async (signal) => closedAtItsEnd(await dial(target, { onConnected, signal })),
      answered: () => answered,
      cancel: (key) => sendCancel(answered, key),
      end: async () => {},
    };
  }
  const { openEmbedded } = await import("./embedded/engine.ts");
  const engine: EmbeddedEngine = await openEmbedded({ directory: target.directory, database });
  return {
    socket: () => engine.connect(),
    answered: () => target,
    // PGlite knows no cancel request: what does not end by itself is stopped with the engine.
    cancel: async () => {
      await sleep(cancelPause);
      await engine.close();
    },
    end: () => engine.close(),
  };
}
