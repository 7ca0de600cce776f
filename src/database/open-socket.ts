import { connect, isIP, type Socket } from "node:net";
import { type HostAddress, isSocketDirectory, socketPath } from "./target.ts";

/** One place to connect to: a unix socket or an IP address. */
export type Endpoint = { readonly path: string } | { readonly ip: string; readonly port: number };

/**
 * The endpoints of a host: its socket, its `hostaddr`, or all addresses of its name, in the resolver's order. They
 * are tried one after the other, as in libpq; Node's own racing of address families gives up on each after a quarter
 * of a second, which is too short for a remote server.
 */
export async function endpointsOf(address: HostAddress, signal: AbortSignal): Promise<Endpoint[]> {
  if (isSocketDirectory(address.host)) return [{ path: socketPath(address) }];
  const { port } = address;
  const literal = address.address ?? address.host;
  if (isIP(literal) !== 0) return [{ ip: literal, port }];
  const { lookup } = await import("node:dns/promises");
  const found = await abortable(lookup(address.host, { all: true, verbatim: true }), signal);
  return found.map((entry) => ({ ip: entry.address, port }));
}

/** A connected socket. Rejects with the error of the connection or the reason of the signal. */
export async function openSocket(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket =
    "path" in endpoint
      ? connect({ path: endpoint.path })
      : connect({
          host: endpoint.ip,
          port: endpoint.port,
          autoSelectFamily: false,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: 30_000,
        });
  try {
    await socketEvent(socket, "connect", signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** The peer closed the connection before its answer. */
export class ClosedEarly extends Error {
  override readonly name = "ClosedEarly";
}

/**
 * Waits for an event of a socket; rejects when the socket fails or closes first, or the signal is aborted. A later
 * error without a listener is not thrown: the socket then emits `close`.
 */
export function socketEvent(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  socket.off("error", ignore).on("error", ignore);
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      socket.off(event, happened).off("error", failed).off("close", closed);
      signal.removeEventListener("abort", aborted);
      finish();
    };
    const happened = () => settle(resolve);
    const failed = (error: Error) => settle(() => reject(error));
    const closed = () => settle(() => reject(new ClosedEarly("the server closed the connection")));
    const aborted = () => settle(() => reject(signal.reason));
    socket.on(event, happened).on("error", failed).on("close", closed);
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
  });
}

function ignore(): void {}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
