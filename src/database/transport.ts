import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { sleep } from "./deadline.ts";
import { cancelRequest, dial, sendCancel } from "./dial.ts";
import type { EmbeddedEngine } from "./embedded/engine.ts";
import type { HostAddress, ServerTarget, Target } from "./target.ts";

/**
 * Milliseconds between two requests to cancel one statement: a request has no effect before the backend has begun it.
 */
export const cancelPause = 500;

/** How a session connects to its database. */
export interface Transport {
  /**
   * A connection, which on servers is logged in.
   * @param parameters settings of the session
   * @param signal ends the attempt to connect
   */
  readonly socket: (
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Duplex | Promise<Duplex>;
  /** The target with only the host that answered, for further connections to the same server. */
  readonly answered: () => Target;
  /** Cancels the backend's statement over a separate connection. */
  readonly cancel: (key: { pid: number; secret: number }) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Closes a socket after its last message; as in libpq, without waiting for the server to close it. */
function closedAtItsEnd(socket: Socket): Socket {
  return socket.once("finish", () => socket.destroy());
}

/** Drops the startup message of postgres.js, as the login is done. */
function withoutStartUp(socket: Socket): Socket {
  socket.write = (bytes: unknown): boolean => {
    // Restores the method of its class.
    Reflect.deleteProperty(socket, "write");
    const rest = Buffer.isBuffer(bytes) ? bytes.subarray(bytes.readInt32BE(0)) : Buffer.alloc(0);
    return rest.length === 0 || socket.write(rest);
  };
  return socket;
}

/** @throws SocratesError for embedded databases; `socket` connects to a server later */
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
  const { connect } = target;
  if (connect !== undefined)
    return {
      socket: () => connect(),
      answered: () => target,
      cancel: async (key) => {
        await once(connect().resume().end(cancelRequest(key)), "close");
      },
      end: async () => {},
    };
  const { openEmbedded } = await import("./embedded/engine.ts");
  const engine: EmbeddedEngine = await openEmbedded({
    directory: target.directory,
    database,
  });
  return {
    socket: () => engine.connect(),
    answered: () => target,
    // PGlite has no cancel request: the engine is stopped if a statement does not end by itself.
    cancel: async () => {
      await sleep(cancelPause);
      await engine.close();
    },
    end: () => engine.close(),
  };
}
