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
  /**
   * A connection, on servers with its log-in done.
   * @param parameters settings of the session
   * @param signal ends the attempt to connect
   */
  readonly socket: (
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Duplex | Promise<Duplex>;
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

/** Keeps the start-up message of postgres.js, whose log-in is done, from the server. */
function withoutStartUp(socket: Socket): Socket {
  socket.write = (bytes: unknown): boolean => {
    // Back to the method of its class.
    Reflect.deleteProperty(socket, "write");
    const rest = Buffer.isBuffer(bytes) ? bytes.subarray(bytes.readInt32BE(0)) : Buffer.alloc(0);
    return rest.length === 0 || socket.write(rest);
  };
  return socket;
}

/** @throws SocratesError for embedded databases; a server is dialled later, by `socket` */
export async function openTransport(target: Target, database: string): Promise<Transport> {
  if (target.kind === "server") {
    let answered: ServerTarget = target;
    const onConnected = (address: HostAddress) => {
      answered = { ...target, hosts: [address] };
    };
    return {
      socket: async (parameters, signal) => {
        const { logIn } = await import("./login.ts");
        const login = (socket: Socket, inner: AbortSignal) => logIn(socket, target, parameters, inner);
        return closedAtItsEnd(withoutStartUp(await dial(target, { onConnected, signal, logIn: login })));
      },
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
