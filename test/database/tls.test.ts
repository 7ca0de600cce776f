import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dial } from "../../src/database/dial.ts";
import { type ServerTarget, type SslMode, sslModes } from "../../src/database/target.ts";
import { SocratesError } from "../../src/errors.ts";
import {
  type Behaviour,
  drip,
  type FakeServer,
  fixture,
  greeting,
  listen,
  plainOnly,
  targetOf,
  withCertificate,
} from "./fake-server.ts";

const servers: FakeServer[] = [];
async function serve(behaviour: Behaviour): Promise<FakeServer> {
  const server = await listen(behaviour);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** `plain`, `tls`, or the code and reason of the failure. */
async function outcome(target: ServerTarget): Promise<string> {
  try {
    const [kind = ""] = (await greeting(await dial(target))).split(":");
    return kind;
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    expect(`${error.message} ${error.hint}`).not.toContain("canary");
    return `${error.code}: ${error.message.replace(/^.* as alice: /, "")}`;
  }
}

const notOffered = "tls-failed: the server does not offer TLS";
const selfSigned = "tls-failed: the server's certificate is self-signed and not trusted";
const untrusted = "tls-failed: the server's certificate comes from an authority that is not trusted";
const otherHost = "tls-failed: the server's certificate is for another host";
const expired = "tls-failed: the server's certificate has expired";

/** The results of psql 15 in each mode, in the order of `sslModes`; failures in our words. */
const matrix: [server: string, root: string, outcomes: string[]][] = [
  ["no TLS", "none", ["plain", "plain", "plain", notOffered]],
  ["no TLS", "ca.crt", ["plain", "plain", "plain", notOffered, notOffered, notOffered]],
  ["self-signed", "none", ["plain", "plain", "tls", "tls"]],
  ["self-signed", "ca.crt", ["plain", "plain", "plain", selfSigned, selfSigned, selfSigned]],
  ["self-signed", "self-signed.crt", ["plain", "plain", "tls", "tls", "tls", "tls"]],
  ["server", "none", ["plain", "plain", "tls", "tls"]],
  ["server", "ca.crt", ["plain", "plain", "tls", "tls", "tls", "tls"]],
  ["server", "other-ca.crt", ["plain", "plain", "plain", untrusted, untrusted, untrusted]],
  ["server", "system", ["plain", "plain", "plain", untrusted, untrusted, untrusted]],
  ["wrong-host", "none", ["plain", "plain", "tls", "tls"]],
  ["wrong-host", "ca.crt", ["plain", "plain", "tls", "tls", "tls", otherHost]],
  ["expired", "none", ["plain", "plain", "tls", "tls"]],
  ["expired", "ca.crt", ["plain", "plain", "plain", expired, expired, expired]],
];
const cells = matrix.flatMap(([server, root, outcomes]) =>
  outcomes.map((expected, index): [string, string, SslMode, string] => [
    server,
    root,
    sslModes[index] ?? "disable",
    expected,
  ]),
);

test.each(cells)(
  "a server with %s, root certificate %s, sslmode %s: %s (fault 30)",
  async (server, root, sslMode, expected) => {
    const { port } = await serve(server === "no TLS" ? plainOnly : withCertificate(server));
    const sslRootCert = root === "none" ? undefined : root === "system" ? root : fixture(root);
    expect(await outcome(targetOf(port, { sslMode, ...(sslRootCert && { sslRootCert }) }))).toBe(expected);
  },
);

test.each(["verify-ca", "verify-full"] as const)(
  "%s never goes without a root certificate (fault 30)",
  async (sslMode) => {
    const { port } = await serve(withCertificate("server"));
    expect(await outcome(targetOf(port, { sslMode }))).toBe(
      `tls-failed: sslmode ${sslMode} needs a root certificate`,
    );
  },
);

test("prefer falls back on a new connection", async () => {
  const server = await serve(withCertificate("expired"));
  await outcome(targetOf(server.port, { sslMode: "prefer", sslRootCert: fixture("ca.crt") }));
  expect(server.seen).toEqual(["tls", "plain"]);
});

test("an unreadable root certificate is reported", async () => {
  const { port } = await serve(withCertificate("server"));
  expect(await outcome(targetOf(port, { sslMode: "verify-ca", sslRootCert: "/none" }))).toBe(
    'tls-failed: the root certificate file "/none" cannot be read',
  );
});

describe("the name of the server", () => {
  const sslRootCert = fixture("ca.crt");

  test("is sent and checked as the target's host, whatever its address", async () => {
    const { port } = await serve(withCertificate("wrong-host"));
    const hosts = [{ host: "db.example.com", address: "127.0.0.1", port }];
    const socket = await dial(targetOf(port, { hosts, sslMode: "verify-full", sslRootCert }));
    expect(await greeting(socket)).toBe("tls:db.example.com:");
  });

  test("may be an IP address of the certificate, and is not sent then", async () => {
    const { port } = await serve(withCertificate("server"));
    const hosts = [{ host: "127.0.0.1", port }];
    const socket = await dial(targetOf(port, { hosts, sslMode: "verify-full", sslRootCert }));
    expect(await greeting(socket)).toBe("tls::");
  });
});

describe("a man in the middle", () => {
  test.each(["S", "N"])("who puts data behind the answer %s is refused", async (answer) => {
    const server = await serve((socket, _, seen) => {
      seen.push("asked");
      socket.write(`${answer}stuffed`);
    });
    const expected = "tls-failed: received unencrypted data after the answer to the request for TLS";
    expect(await outcome(targetOf(server.port, { sslMode: "prefer" }))).toBe(expected);
    expect(server.seen).toEqual(["asked"]);
  });

  test("whose answer is an error message is not trusted", async () => {
    const { port } = await serve((socket) => socket.write("E"));
    const expected = "tls-failed: the answer to the request for TLS is not PostgreSQL's";
    expect(await outcome(targetOf(port, { sslMode: "prefer" }))).toBe(expected);
  });

  test("who forwards one byte at a time has no effect", async () => {
    const server = await serve(withCertificate("server"));
    const proxy = await drip(server.port);
    servers.push(proxy);
    const target = targetOf(proxy.port, { sslMode: "verify-full", sslRootCert: fixture("ca.crt") });
    expect(await outcome(target)).toBe("tls");
  });
});

describe("a client certificate", () => {
  let directory = "";
  let sslKey = "";
  const sslCert = fixture("client.crt");
  // Version control does not store the key's permissions.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tls-"));
    sslKey = join(directory, "client.key");
    await copyFile(fixture("client.key"), sslKey);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test("is shown to the server", async () => {
    await chmod(sslKey, 0o600);
    const { port } = await serve(withCertificate("server", true));
    expect(await greeting(await dial(targetOf(port, { sslMode: "require", sslCert, sslKey })))).toBe(
      "tls:localhost:alice",
    );
  });

  test("needs a key", async () => {
    const { port } = await serve(withCertificate("server", true));
    expect(await outcome(targetOf(port, { sslMode: "require", sslCert }))).toBe(
      "tls-failed: a client certificate is set without its private key",
    );
  });

  test.skipIf(process.platform === "win32")("needs a key that no one else may use", async () => {
    await chmod(sslKey, 0o644);
    const { port } = await serve(withCertificate("server", true));
    expect(await outcome(targetOf(port, { sslMode: "require", sslCert, sslKey }))).toBe(
      `tls-failed: the private key file "${sslKey}" has group or world access`,
    );
  });
});
