import { createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { openEmbedded } from "../database/embedded/engine.ts";
import { shareDatabase } from "../serve/shared-database.ts";
import type { DisposableDatabase } from "./disposable.ts";

/** `pg` treats its stream as a socket that it connects. */
function asSocket(stream: Duplex): Duplex {
  const self = () => stream;
  const connect = () => {
    process.nextTick(() => stream.emit("connect"));
    return stream;
  };
  return Object.assign(stream, { connect, setNoDelay: self, setKeepAlive: self, ref: self, unref: self });
}

/** Listens on a free port of the loopback interface. */
async function listen(connect: () => Duplex): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    const stream = connect();
    // A connection that was reset on one side ends the other one.
    socket.on("error", () => stream.destroy());
    stream.on("error", () => socket.destroy());
    socket.pipe(stream).pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
}

/** Starts an embedded database in memory. @throws SocratesError as `openEmbedded` */
export async function openEmbeddedDatabase(key: string, name: string): Promise<DisposableDatabase> {
  const engine = await openEmbedded({ directory: null, database: name });
  const shared = shareDatabase(engine, { database: name });
  const connect = () => shared.connect();
  const login = { user: "postgres", database: name };
  let listening: ReturnType<typeof listen> | undefined;
  return {
    key,
    target: { kind: "embedded", directory: null, connect },
    login,
    socket: connect,
    pgOptions: () => ({
      stream: () => asSocket(connect()),
      ...login,
      password: "",
      ssl: false,
    }),
    url: async () => {
      listening ??= listen(connect);
      const { port } = await listening;
      return `postgres://postgres@127.0.0.1:${port}/${encodeURIComponent(name)}`;
    },
    save: (snapshot) => shared.exclusively(() => engine.snapshot("save", snapshot)),
    restore: (snapshot) => shared.exclusively(() => engine.snapshot("restore", snapshot)),
    close: async () => {
      (await listening)?.server.close();
      await shared.close();
      await engine.close();
    },
  };
}
