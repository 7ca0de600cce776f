import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { history, start, table, until, writeChains } from "../runner/helpers.ts";
import { type Gate, openThrough, type ProxyHooks, startProxy, type Tap } from "../runner/proxy.ts";
import { another, noLedgers } from "../support/application.ts";
import { makePlace, type Place } from "../support/place.ts";
import {
  expectAgreement,
  expectFailure,
  expectRecovery,
  expectRefused,
  inTime,
  tableChains,
  untilAlone,
} from "./support/invariants.ts";
import { slow } from "./support/level.ts";
import { withUrls } from "./support/machine.ts";
import { noPgBouncer, startPgBouncer } from "./support/pgbouncer.ts";
import { isMigration, onMessages } from "./support/wire.ts";

let place: Place;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await place.dispose();
});

const chains = { auth: [table(1, 0), table(3, 0)], specs: [table(2, 0)] };
const truth = tableChains(chains);

async function prepare(): Promise<void> {
  place = await makePlace("server");
  writeChains(place, chains);
}

async function through(key: string, hooks: () => ProxyHooks): Promise<Record<string, string>> {
  const { proxy, env } = await openThrough(place, key, hooks);
  open.push(proxy);
  return env;
}

/** A server that handles each connection like this, and their number. */
async function listen(behaviour: (socket: Socket) => void): Promise<Gate & { count(): number }> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on("error", () => {});
    behaviour(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const gate = {
    count: () => count,
    url: (direct: string) => {
      const url = new URL(direct);
      url.host = `127.0.0.1:${port}`;
      url.searchParams.set("connect_timeout", "1");
      return url.toString();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  open.push(gate);
  return gate;
}

/** Startup behaviours of something that is not a server. */
const broken: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["closes at once", (socket) => socket.end()],
  ["resets at once", (socket) => socket.resetAndDestroy()],
  ["closes after the first bytes", (socket) => socket.once("data", () => socket.end())],
  ["says nothing", (socket) => socket.resume()],
  ["agrees to no TLS, then says nothing", (socket) => socket.once("data", () => socket.write("N"))],
  ["agrees to TLS, then says nothing", (socket) => socket.once("data", () => socket.write("S"))],
  ["answers with half a message", (socket) => socket.on("data", () => socket.write("R\0\0\0"))],
  ["speaks HTTP", (socket) => socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))],
];

describe.each(["prefer", "disable"])("a server that rejects every client, sslmode %s (fault 7)", (mode) => {
  it.each(broken)("that %s", async (_, behaviour) => {
    await prepare();
    const server = await listen(behaviour);
    const env = withUrls(place.env, (url, variable) => {
      if (variable !== another.urlVariable) return;
      url.href = server.url(url.href);
      url.searchParams.set("sslmode", mode);
    });
    const { code } = await expectRefused(place, ["migrate"], { env });
    expect(["connection-failed", "tls-failed"]).toContain(code);
    expect(server.count()).toBeLessThan(10);
  });

  it("of several hosts, all of them", async () => {
    await prepare();
    const servers = await Promise.all([0, 1].map(() => listen((socket) => socket.end())));
    const hosts = servers.map((server) => new URL(server.url("postgresql://h/d")).host).join(",");
    const env = { [another.urlVariable]: `postgresql://u:canary@${hosts}/d?sslmode=${mode}` };
    expect((await expectRefused(place, ["migrate"], { env })).code).toBe("connection-failed");
    expect(servers.reduce((sum, server) => sum + server.count(), 0)).toBeLessThan(10);
  });
});

/** Forwards nothing more in either direction once `begin` says so; later connections get nothing either. */
function blackhole(begin: (sql: string) => boolean): () => ProxyHooks {
  let silent = false;
  return () =>
    onMessages({
      onQuery: (sql) => {
        silent ||= begin(sql);
        return !silent;
      },
      onAnswered: () => !silent,
    });
}

/** Counted hooks: once for each connection. */
function counted(hooks: () => ProxyHooks): { hooks: () => ProxyHooks; count: () => number } {
  let count = 0;
  return {
    hooks: () => {
      count++;
      return hooks();
    },
    count: () => count,
  };
}

/** Drops the answer to the first COMMIT, and everything after it on that connection. */
function withoutAnswer(): { hooks: () => ProxyHooks; swallowed: () => boolean } {
  let swallowed = false;
  const hooks = () => {
    let committing = false;
    return onMessages({
      onQuery: (sql) => {
        if (sql === "COMMIT" && !swallowed) {
          committing = true;
          swallowed = true;
        }
        return true;
      },
      onAnswered: () => !committing,
    });
  };
  return { hooks, swallowed: () => swallowed };
}

describe("a connection that goes silent (fault 7)", () => {
  it("in the first query", async ({ skip }) => {
    skip(slow !== undefined, slow);
    await prepare();
    const { hooks, count } = counted(blackhole(() => true));
    const env = await through(another.key, hooks);
    const result = await inTime(place.run(["migrate", "--format", "json"], { env }));
    expect(expectFailure(result).code).toBe("connection-lost");
    expect(count()).toBeLessThan(10);
    await expectRecovery(place, truth);
  });

  it("in a migration", async ({ skip }) => {
    skip(slow !== undefined, slow);
    await prepare();
    const { hooks, count } = counted(blackhole((sql) => isMigration(sql, 1)));
    const env = await through("auth", hooks);
    const short = withUrls({ ...place.env, ...env }, (url) => url.searchParams.set("connect_timeout", "2"));
    const result = await inTime(place.run(["migrate", "--format", "json"], { env: short }), 300_000);
    expect(expectFailure(result)).toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("whether it took effect is unknown"),
    });
    expect(count()).toBeLessThan(10);
    await untilAlone(place);
    await expectAgreement(place, truth);
    await expectRecovery(place, truth);
  });
});

describe("the reply to COMMIT never comes (fault 6)", () => {
  async function expectLookedUp(env: Record<string, string>, swallowed: () => boolean): Promise<void> {
    const result = await inTime(place.run(["migrate", "--format", "json"], { env }));
    expect(swallowed()).toBe(true);
    expect(expectFailure(result)).toMatchObject({
      code: "connection-lost",
      message: expect.stringMatching(/lost during 001_m1 .*; by the ledger, it was applied$/),
    });
    expect((await expectAgreement(place, truth))["auth"]).toEqual([1]);
    await expectRecovery(place, truth);
  }

  it("and by the ledger, the migration was applied", async ({ skip }) => {
    skip(slow !== undefined, slow);
    await prepare();
    const { hooks, swallowed } = withoutAnswer();
    await expectLookedUp(await through("auth", hooks), swallowed);
  });

  it("behind PgBouncer, and by the ledger, the migration was applied (fault 16)", async ({ skip }) => {
    skip(slow !== undefined, slow);
    skip(noPgBouncer !== undefined, noPgBouncer);
    await prepare();
    const bouncer = await startPgBouncer(place.env);
    open.push(bouncer);
    const { hooks, swallowed } = withoutAnswer();
    const pooled = bouncer.env["DATABASE_URL_AUTH"] ?? "";
    const proxy = await startProxy(pooled, hooks);
    open.push(proxy);
    await expectLookedUp({ ...bouncer.env, DATABASE_URL_AUTH: proxy.url(pooled) }, swallowed);
  });
});

/** Forwards one byte at a time, with a pause after every few. */
function drip(): ProxyHooks {
  const slowly = (to: (tap: Tap) => Socket) => {
    let queue = Promise.resolve();
    return (data: Buffer, tap: Tap) => {
      queue = queue.then(async () => {
        for (let i = 0; i < data.length && !to(tap).destroyed; i++) {
          to(tap).write(data.subarray(i, i + 1));
          await new Promise((resolve) => (i % 64 === 0 ? setTimeout(resolve, 1) : setImmediate(resolve)));
        }
      });
      return undefined;
    };
  };
  const toServer = slowly(({ server }) => server);
  const toClient = slowly(({ client }) => client);
  return {
    fromClient: (data, tap) => {
      toServer(data, tap);
      return false;
    },
    fromServer: toClient,
  };
}

describe("a network that forwards one byte at a time (fault 8)", () => {
  it("delays a run and changes nothing about it", async () => {
    await prepare();
    const env = { ...(await through("auth", drip)), ...(await through(another.key, drip)) };
    expect(await place.run(["migrate"], { env })).toMatchObject({ exitCode: 0 });
    expect(await expectAgreement(place, truth)).toEqual(truth.whole);
    const refused = await place.run(["migrate", "--to", "9", "--format", "json"], { env });
    expect(expectFailure(refused).code).toBe("usage");
    expect(await history(place, "auth")).toEqual(["apply 1", "apply 3"]);
  });
});

describe.each(["SIGINT", "SIGTERM"] as const)("%s while connecting (fault 2)", (signal) => {
  it.each([
    ["to a server that says nothing", (socket: Socket) => socket.resume()],
    ["in the handshake", (socket: Socket) => socket.once("data", () => socket.write("S"))],
    ["in the login", (socket: Socket) => socket.once("data", () => socket.write("N"))],
  ] as const)("%s ends the run", async (_, behaviour) => {
    await prepare();
    const server = await listen(behaviour);
    const env = withUrls(place.env, (url, variable) => {
      if (variable !== another.urlVariable) return;
      url.href = server.url(url.href);
      // Far beyond any deadline of the tests: only the signal ends the wait.
      url.searchParams.set("connect_timeout", "3600");
    });
    const { child, result } = start(place, ["migrate", "--format", "json"], { env });
    await until("the program connects", () => server.count() > 0);
    // A second one would end the program at once.
    setTimeout(() => child.kill(signal), 300);
    const ended = await inTime(result);
    expect(expectFailure(ended).code).toBe("interrupted");
    expect(ended.exitCode).toBe(3);
    await untilAlone(place);
    expect(await expectAgreement(place, truth)).toEqual(noLedgers);
    await expectRecovery(place, truth);
  });
});
