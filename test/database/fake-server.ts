import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import type { ServerTarget } from "../../src/database/target.ts";

/** Path of one of the test certificates. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

export interface FakeServer {
  readonly port: number;
  /** One entry for each connection: its last step. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** How the server handles a connection, given its first bytes. */
export type Behaviour = (socket: Socket, first: Buffer, seen: string[]) => void;

/** A TCP server on a free port of 127.0.0.1, or on the given unix socket. */
export async function listen(behaviour: Behaviour, path?: string): Promise<FakeServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    firstBytes(socket).then(
      (first) => behaviour(socket, first, seen),
      () => socket.destroy(),
    );
  });
  await start(server, path);
  return { port: path === undefined ? portOf(server) : 5432, seen, close: () => stop(server, sockets) };
}

/** Greets each connection with `plain`; answers a TLS request with `N`. */
export const plainOnly: Behaviour = (socket, first, seen) => {
  if (isSslRequest(first)) {
    socket.write("N");
    socket.once("data", () => socket.write("plain"));
  } else {
    socket.write("plain");
  }
  seen.push(isSslRequest(first) ? "refused" : "plain");
};

/** Greets with `plain` or, after a TLS request, with `tls:` and the names of server and client. */
export function withCertificate(name: string, requestCert = false): Behaviour {
  const options = {
    isServer: true,
    cert: readFileSync(fixture(`${name}.crt`)),
    key: readFileSync(fixture(`${name}.key`)),
    ca: readFileSync(fixture("ca.crt")),
    requestCert,
  };
  return (socket, first, seen) => {
    seen.push(isSslRequest(first) ? "tls" : "plain");
    if (!isSslRequest(first)) {
      socket.write("plain");
      return;
    }
    socket.write("S");
    const secure = new TLSSocket(socket, options);
    secure.on("error", () => {});
    secure.once("data", () => {
      const client = requestCert ? secure.getPeerCertificate().subject?.CN : "";
      const serverName = "servername" in secure ? secure.servername : undefined;
      secure.write(`tls:${serverName || ""}:${client ?? ""}`);
    });
  };
}

/** Forwards everything to a port, one byte at a time. */
export async function drip(to: number): Promise<FakeServer> {
  return listen((socket, first) => {
    const upstream = connect(to, "127.0.0.1").on("error", () => {});
    forward(socket, upstream);
    forward(upstream, socket);
    socket.unshift(first);
  });
}

async function forward(from: Socket, to: Socket): Promise<void> {
  try {
    for await (const chunk of from) {
      for (const byte of chunk) {
        to.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
    }
  } catch {
    // The other side is closed below.
  }
  to.destroy();
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await start(server);
  const port = portOf(server);
  await stop(server, new Set());
  return port;
}

/** A target on 127.0.0.1 as localhost, with a password that no message may show. */
export function targetOf(port: number, rest: Partial<ServerTarget> = {}): ServerTarget {
  return {
    kind: "server",
    hosts: [{ host: "localhost", address: "127.0.0.1", port }],
    user: "alice",
    database: "app",
    password: "canary",
    sslMode: "disable",
    connectTimeout: 60,
    ...rest,
  };
}

/** The server's greeting: proof that the socket carries data both ways, read as postgres.js does. */
export async function greeting(socket: Socket): Promise<string> {
  socket.write("?");
  const [data] = await once(socket, "data");
  socket.destroy();
  return String(data);
}

/** The first bytes of a client, up to the end of the code for a packet, which begins with its length. */
async function firstBytes(socket: Socket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  do {
    await once(socket, "readable");
    const more: unknown = socket.read();
    if (!Buffer.isBuffer(more)) throw new Error("closed");
    bytes = Buffer.concat([bytes, more]);
  } while (bytes[0] === 0 && bytes.length < 8);
  return bytes;
}

function isSslRequest(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
}

async function start(server: Server, path?: string): Promise<void> {
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}
