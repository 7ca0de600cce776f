import { connect, createServer, type Socket } from "node:net";
import { databases } from "../../src/databases.ts";
import type { Place } from "../support/place.ts";

/** How a proxy handles one connection. */
export interface Tap {
  readonly client: Socket;
  readonly server: Socket;
}

export interface ProxyHooks {
  /** Called with the client's data; returns false to drop it. */
  fromClient?(data: Buffer, tap: Tap): boolean;
  /** Returns what the client receives in place of `data`; undefined for nothing. */
  fromServer?(data: Buffer, tap: Tap): Buffer | undefined;
}

export interface Gate {
  /** The connection string through the proxy, never encrypted, so that it can be read. */
  url(direct: string): string;
  close(): Promise<void>;
}

/** A TCP proxy in front of the server of `direct`, which interferes as the hooks of each connection say. */
export async function startProxy(direct: string, hooks: () => ProxyHooks): Promise<Gate> {
  const { hostname, port } = new URL(direct);
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port || 5432), noDelay: true });
    const tap = { client, server };
    const { fromClient, fromServer } = hooks();
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (data: Buffer) => {
      if (fromClient?.(data, tap) !== false) server.write(data);
    });
    server.on("data", (data: Buffer) => {
      const passed = fromServer === undefined ? data : fromServer(data, tap);
      if (passed !== undefined && !client.destroyed) client.write(passed);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: (url) => {
      const through = new URL(url);
      through.host = `127.0.0.1:${address.port}`;
      through.searchParams.set("sslmode", "disable");
      return through.toString();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        listener.close(() => resolve());
      }),
  };
}

/** Whether a message of the simple query protocol is exactly this statement (manual, section 55.7). */
export function isQuery(data: Buffer, statement: string): boolean {
  return data[0] === 0x51 && data.toString("utf8", 5, data.length - 1) === statement;
}

/**
 * Makes the server look as if a pooler were in front of it: the process number of the startup is invented, and the second
 * connection that would find out that backends are not shared gets none.
 */
export function asPooler(): ProxyHooks {
  let started = false;
  let tail = Buffer.alloc(0);
  return {
    fromClient: (data, { client }) => {
      const isProbe = data.includes("socrates-db probe");
      if (isProbe) client.destroy();
      return !isProbe;
    },
    fromServer: (data) => {
      if (started) return data;
      const held = Buffer.concat([tail, data]);
      let at = 0;
      // Whole messages pass, as the login waits for an answer to each of its messages.
      while (at + 5 <= held.length && at + 1 + held.readUInt32BE(at + 1) <= held.length) {
        if (held[at] === 0x4b) {
          held.writeInt32BE(held.readInt32BE(at + 5) ^ 0x40000000, at + 5);
          started = true;
        }
        at += 1 + held.readUInt32BE(at + 1);
      }
      tail = held.subarray(at);
      return started ? held : held.subarray(0, at);
    },
  };
}

/** A proxy in front of one database of a place, and the environment with it. */
export async function openThrough(
  place: Place,
  key: string,
  hooks: () => ProxyHooks,
): Promise<{ proxy: Gate; env: Record<string, string> }> {
  const variable = databases.find((database) => database.key === key)?.urlVariable ?? "";
  const direct = place.env[variable] ?? "";
  const proxy = await startProxy(direct, hooks);
  return { proxy, env: { [variable]: proxy.url(direct) } };
}

/** Breaks the connection that sends the first COMMIT, at one moment of it. Others pass. */
export function breakAtCommit(
  moment: "before" | "after" | "answered",
  how: "reset" | "end",
): () => ProxyHooks {
  let done = false;
  const end = (tap: Tap) => (how === "reset" ? tap.client.resetAndDestroy() : tap.client.destroy());
  return () => {
    let committing = false;
    return {
      fromClient: (data, tap) => {
        if (done || !isQuery(data, "COMMIT")) return true;
        done = true;
        committing = true;
        if (moment !== "before") return true;
        end(tap);
        return false;
      },
      fromServer: (data, tap) => {
        if (!committing) return data;
        committing = false;
        if (moment === "answered") tap.client.write(data);
        end(tap);
        return undefined;
      },
    };
  };
}
