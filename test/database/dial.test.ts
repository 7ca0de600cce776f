import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { dial, sendCancel } from "../../src/database/dial.ts";
import type { HostAddress, ServerTarget } from "../../src/database/target.ts";
import { SocratesError } from "../../src/errors.ts";
import {
  type Behaviour,
  closedPort,
  type FakeServer,
  greeting,
  listen,
  plainOnly,
  targetOf,
} from "./fake-server.ts";

const servers: FakeServer[] = [];
async function serve(behaviour: Behaviour, path?: string): Promise<FakeServer> {
  const server = await listen(behaviour, path);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function failure(target: ServerTarget, deadline = 60_000): Promise<SocratesError> {
  const error: unknown = await dial(target, { deadline }).then(
    () => new Error("connected"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SocratesError)) throw error;
  expect(`${error.message} ${error.hint}`).not.toContain("canary");
  expect(error.message).not.toContain("\n");
  return error;
}

const silent: Behaviour = () => {};
const host = (port: number): HostAddress => ({ host: "127.0.0.1", port });

describe("dial", () => {
  test("opens a connection that carries data both ways", async () => {
    const { port } = await serve(plainOnly);
    expect(await greeting(await dial(targetOf(port)))).toBe("plain");
  });

  test("resolves names", async () => {
    const { port } = await serve(plainOnly);
    expect(await greeting(await dial(targetOf(port, { hosts: [{ host: "localhost", port }] })))).toBe(
      "plain",
    );
  });

  test("throws no error that comes before anyone listens", async () => {
    const { port } = await serve((socket) => socket.resetAndDestroy());
    const socket = await dial(targetOf(port));
    socket.write("?");
    await new Promise((resolve) => socket.resume().once("close", resolve));
  });

  test("uses the first host that answers, and reports which", async () => {
    const { port } = await serve(plainOnly);
    const closed = await closedPort();
    const answered: HostAddress[] = [];
    const target = targetOf(0, { hosts: [host(closed), host(port), host(closed)] });
    const socket = await dial(target, { onConnected: (address) => answered.push(address) });
    expect(await greeting(socket)).toBe("plain");
    expect(answered).toEqual([host(port)]);
  });

  test("reports that no server listens", async () => {
    const port = await closedPort();
    const error = await failure(targetOf(port));
    expect(error.code).toBe("connection-failed");
    expect(error.message).toBe(`cannot connect to localhost:${port}/app as alice: connection refused`);
    expect(error.hint).toContain("Start the server");
  });

  test("reports an unknown host name", async () => {
    const error = await failure(targetOf(5432, { hosts: [{ host: "no-such-host.invalid", port: 5432 }] }));
    expect(error.code).toBe("connection-failed");
    expect(error.message).toMatch(/: the host name (is unknown|cannot be resolved)/);
  });

  test("lists the failure of each host", async () => {
    const port = await closedPort();
    const { port: mute } = await serve(silent);
    const error = await failure(targetOf(0, { hosts: [host(port), host(mute)], sslMode: "prefer" }), 500);
    expect(error.message).toBe(
      `cannot connect to 127.0.0.1:${port},127.0.0.1:${mute}/app as alice: ` +
        `127.0.0.1:${port}: connection refused; 127.0.0.1:${mute}: no answer within 0.5 s`,
    );
  });

  test("does not wait forever for the answer to a TLS request", async () => {
    const { port } = await serve(silent);
    const error = await failure(targetOf(port, { sslMode: "prefer" }), 500);
    expect(error.code).toBe("connection-failed");
    expect(error.message).toContain("no answer within 0.5 s");
  });

  test("takes its deadline from the target", async () => {
    const { port } = await serve(silent);
    const target = targetOf(port, { sslMode: "require", connectTimeout: 0.05 });
    await expect(dial(target)).rejects.toThrow("no answer within 0.05 s");
  });

  test("does not wait forever for a handshake, and does not fall back without an answer", async () => {
    const server = await serve((socket, _, seen) => {
      seen.push("asked");
      socket.write("S");
    });
    const error = await failure(targetOf(server.port, { sslMode: "prefer" }), 500);
    expect(error.message).toContain("no answer within 0.5 s");
    expect(server.seen).toEqual(["asked"]);
  });

  test.each(["prefer", "require"] as const)(
    "%s says when the server closes instead of answering",
    async (sslMode) => {
      const { port } = await serve((socket) => socket.end());
      const error = await failure(targetOf(port, { sslMode }));
      expect(error.code).toBe("connection-failed");
      expect(error.message).toContain("the server closed the connection");
    },
  );

  test("ends with the reason of its signal", async () => {
    const controller = new AbortController();
    const reason = new Error("stopped");
    const { port } = await serve(() => controller.abort(reason));
    const hosts = [host(port), host(port)];
    const dialled = dial(targetOf(port, { hosts, sslMode: "prefer" }), { signal: controller.signal });
    await expect(dialled).rejects.toBe(reason);
    await expect(dial(targetOf(port), { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe.skipIf(process.platform === "win32")("dial on a unix socket", () => {
  test("never asks for TLS", async () => {
    const directory = await mkdtemp(join(tmpdir(), "dial-"));
    try {
      const server = await serve(plainOnly, join(directory, ".s.PGSQL.5432"));
      const target = targetOf(0, { hosts: [{ host: directory, port: 5432 }], sslMode: "verify-full" });
      expect(await greeting(await dial(target))).toBe("plain");
      expect(server.seen).toEqual(["plain"]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("reports a missing socket", async () => {
    const error = await failure(targetOf(0, { hosts: [{ host: "/no/such/directory", port: 5433 }] }));
    expect(error.code).toBe("connection-failed");
    expect(error.message).toBe(
      "cannot connect to app as alice on /no/such/directory/.s.PGSQL.5433: no such socket",
    );
    expect(error.hint).toContain("host=localhost");
  });
});

describe("sendCancel", () => {
  test("sends the key of the backend and waits for the server to close", async () => {
    const received: Buffer[] = [];
    const { port } = await serve((socket, first) => {
      received.push(first);
      socket.end();
    });
    await sendCancel(targetOf(port), { pid: 0x01020304, secret: -2 });
    expect(received).toEqual([Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 1, 2, 3, 4, 255, 255, 255, 254])]);
  });

  test("does not throw", async () => {
    await sendCancel(targetOf(await closedPort()), { pid: 1, secret: 2 });
  });
});
