import { createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { SocratesError } from "../errors.ts";
import type { SharedDatabase } from "./shared-database.ts";

/** A TCP port on which clients reach a shared database. */
export interface Listener {
  readonly port: number;
  /** Accepts no more clients. Those that are connected stay until the database is closed. */
  close(): Promise<void>;
}

const loopback = "127.0.0.1";

/**
 * Listens on loopback only.
 * @param port 0 lets the system choose one
 * @throws SocratesError `port-in-use`
 */
export async function listen(database: SharedDatabase, port: number): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => serve(socket, database));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(port, error)));
    server.listen({ host: loopback, port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function serve(socket: Socket, database: SharedDatabase): void {
  const client = database.connect();
  // A connection that ends in any way ends its client, and the reverse.
  pipeline(socket, client, socket, () => socket.destroy());
}

function cannotListen(port: number, error: Error): SocratesError {
  const code = "code" in error ? error.code : undefined;
  const why =
    code === "EADDRINUSE" ? "it is in use" : code === "EACCES" ? "permission denied" : error.message;
  return new SocratesError("port-in-use", `cannot listen on port ${port} of ${loopback}: ${why}`, {
    hint: "Choose another port, or leave the option out for a free one.",
    cause: error,
  });
}
