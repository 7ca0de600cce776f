import type { Socket } from "node:net";
import { SocratesError } from "../errors.ts";
import { connectionError } from "./connection-error.ts";
import { codeOf, explainFailure, type Failure, TimedOut } from "./failure.ts";
import { type Endpoint, endpointsOf, openSocket, socketEvent } from "./open-socket.ts";
import { describeAddress, describeTarget, type HostAddress, oneLine, type ServerTarget } from "./target.ts";
import { requestTls, startTls, TlsProblem } from "./tls.ts";

export interface DialOptions {
  /** Milliseconds for each address of a host, from the first packet to the end of the handshake. */
  readonly deadline?: number;
  /** Ends the attempt; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Logs in on a connection; throws the errors of `logIn`. */
  readonly logIn?: (socket: Socket, signal: AbortSignal) => Promise<void>;
  /** Called with the host that answered. */
  readonly onConnected?: (address: HostAddress) => void;
}

/**
 * Opens a connection to the first host that answers, encrypted as `sslMode` says, ready for the startup packet, or
 * logged in if `logIn` is given. As in libpq, a host that does not accept connections yet (57P03) is skipped, and any
 * other rejected login ends the search.
 * Each mode works as in libpq (PostgreSQL manual, section 32.19.3), except for two cases that depend on the answer to
 * the startup packet; `secondAttempt` handles them: `allow` opens a plain connection, and `prefer` keeps an encrypted
 * one that the server then rejects. Unlike in libpq, a TLS failure does not end the search: the next host is tried
 * with the same checks. Unix sockets are never encrypted.
 * The socket has an error listener, so that an error before the caller listens is not an uncaught exception.
 * @throws SocratesError `connection-failed`, or `tls-failed` when each host failed in TLS.
 */
export async function dial(target: ServerTarget, options: DialOptions = {}): Promise<Socket> {
  const failures: [HostAddress, Failure, unknown][] = [];
  for (const address of target.hosts) {
    let socket: Socket;
    try {
      socket = await dialHost(target, address, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push([address, explainFailure(error) ?? unknownFailure(error), error]);
      continue;
    }
    const refusal = await refusalOf(socket, target, options);
    if (refusal === undefined) {
      options.onConnected?.(address);
      return socket;
    }
    socket.destroy();
    options.signal?.throwIfAborted();
    const explained = connectionError(refusal, target);
    if (codeOf(refusal) !== cannotConnectNow || target.hosts.length === 1) throw explained;
    failures.push([
      address,
      { code: "connection-failed", reason: messageOf(refusal), hint: explained.hint },
      refusal,
    ]);
  }
  throw dialError(target, failures);
}

/** SQLSTATE of a server that is starting up, shutting down or recovering (PostgreSQL manual, appendix A). */
const cannotConnectNow = "57P03";

/** Why a login failed; undefined if it succeeded or is not wanted. */
async function refusalOf(
  socket: Socket,
  target: ServerTarget,
  { logIn, deadline = target.connectTimeout * 1000, signal }: DialOptions,
): Promise<unknown> {
  if (logIn === undefined) return undefined;
  try {
    await within(deadline, signal, (inner) => logIn(socket, inner));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The packet that asks a server to cancel a statement (PostgreSQL manual, section 54.7). */
export function cancelRequest({ pid, secret }: { pid: number; secret: number }): Buffer {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(pid | 0, 8);
  request.writeInt32BE(secret | 0, 12);
  return request;
}

/**
 * Asks the server to cancel the statement of the backend `pid` (PostgreSQL manual, section 54.2.8), over a separate
 * connection to the first host that answers; a caller that knows the backend's host should pass a target with that
 * host alone. Returns when the server has received the request, or after five seconds. Never throws.
 */
export async function sendCancel(target: ServerTarget, key: { pid: number; secret: number }): Promise<void> {
  const request = cancelRequest(key);
  await within(cancelDeadline, undefined, async (signal) => {
    const socket = await dial(target, { deadline: cancelDeadline, signal });
    try {
      socket.resume().write(request);
      await socketEvent(socket, "end", signal);
    } finally {
      socket.destroy();
    }
  }).catch(() => undefined);
}

const cancelDeadline = 5_000;

async function dialHost(target: ServerTarget, address: HostAddress, options: DialOptions): Promise<Socket> {
  const deadline = options.deadline ?? target.connectTimeout * 1000;
  const endpoints = await within(deadline, options.signal, (signal) => endpointsOf(address, signal));
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      return await within(deadline, options.signal, (signal) =>
        negotiate(target, address.host, endpoint, signal),
      );
    } catch (error) {
      options.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure ?? new Error("the host name has no address");
}

async function negotiate(
  target: ServerTarget,
  host: string,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Socket> {
  const { sslMode } = target;
  const socket = await openSocket(endpoint, signal);
  if (sslMode === "disable" || sslMode === "allow" || "path" in endpoint) return socket;
  try {
    if (target.sslDirect !== true && !(await requestTls(socket, signal))) {
      if (sslMode === "prefer") return socket;
      throw new TlsProblem(
        "the server does not offer TLS",
        "Turn on ssl on the server, or use an sslmode that does not require it: prefer or disable.",
      );
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  try {
    return await startTls(socket, target, host, signal);
  } catch (error) {
    socket.destroy();
    if (sslMode !== "prefer") throw error;
    return openSocket(endpoint, signal);
  }
}

/** Runs `work` with a signal that is aborted after the time, or with the caller's signal. */
async function within<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(outer?.reason);
  const timer = setTimeout(() => {
    controller.abort(new TimedOut(`no answer within ${milliseconds / 1000} s`));
  }, milliseconds);
  outer?.addEventListener("abort", stop);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
  }
}

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

function unknownFailure(error: unknown): Failure {
  return {
    code: "connection-failed",
    reason: messageOf(error),
    hint: "Check the connection string and the server.",
  };
}

function dialError(
  target: ServerTarget,
  failures: readonly [HostAddress, Failure, unknown][],
): SocratesError {
  const [first] = failures;
  const reasons =
    failures.length === 1
      ? first?.[1].reason
      : failures.map(([address, { reason }]) => `${describeAddress(address)}: ${reason}`).join("; ");
  const code = failures.every(([, failure]) => failure.code === "tls-failed")
    ? "tls-failed"
    : "connection-failed";
  return new SocratesError(code, oneLine(`cannot connect to ${describeTarget(target)}: ${reasons}`), {
    hint: first?.[1].hint ?? "Name a host.",
    cause: first?.[2],
  });
}
