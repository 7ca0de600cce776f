import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer } from "node:tls";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownCluster } from "../faults/support/machine.ts";
import { runCli } from "../support/cli.ts";
import { type Cluster, serverUser } from "../support/lanes/cluster.ts";
import { throwAwaySettings } from "../support/lanes/lane.ts";
import { fixture, listen } from "./fake-server.ts";

/** The authentication method of each role in `pg_hba.conf`. */
const methods = { scram: "scram-sha-256", hashed: "md5", clear: "password", free: "trust" } as const;
type Role = keyof typeof methods;

let cluster: Cluster;
let folder: string;
beforeAll(async () => {
  cluster = await ownCluster();
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-login-"));
  const data = path.join(cluster.folder, "data");
  const lines = Object.entries(methods).map(([role, method]) => `host all ${role} 127.0.0.1/32 ${method}`);
  writeFileSync(
    path.join(data, "pg_hba.conf"),
    `${lines.join("\n")}\nhost all all 127.0.0.1/32 scram-sha-256\n`,
  );
  const user = serverUser();
  for (const end of ["crt", "key"]) {
    const file = path.join(data, `revoked.${end}`);
    copyFileSync(fixture(`revoked.${end}`), file);
    chmodSync(file, 0o600);
    if (user !== undefined) chownSync(file, user.uid, user.gid);
  }
  const tls = { ssl: "on", ssl_cert_file: "revoked.crt", ssl_key_file: "revoked.key" };
  await cluster.start({ ...throwAwaySettings, ...tls });
  await admin(async (sql) => {
    await sql.unsafe("CREATE DATABASE a").simple();
    await sql.unsafe("CREATE DATABASE b").simple();
    for (const role of Object.keys(methods)) {
      const encryption = role === "hashed" ? "md5" : "scram-sha-256";
      await sql.unsafe(
        `SET password_encryption = '${encryption}'; CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'canary'`,
      );
    }
  });
});
afterAll(async () => {
  await cluster.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function admin(work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

/** What `status` reports about a login: `ok`, or the line of the error. */
async function status(parameters: string, env: Record<string, string> = {}): Promise<string> {
  const url = (name: string) => `host=127.0.0.1 port=${cluster.port} dbname=${name} ${parameters}`;
  const { exitCode, stderr } = await runCli(["status", "--quiet"], {
    cwd: folder,
    env: { HOME: folder, DATABASE_URL_AUTH: url("a"), DATABASE_URL_SPECS: url("b"), ...env },
  });
  return exitCode === 0 ? "ok" : stderr.replace(/^[\s\S]*cannot connect to \S+ as \w+: /, "");
}

describe("channel_binding (fault 48)", () => {
  const unbound = expect.stringMatching(
    /^channel_binding=require needs channel binding, which this[\s\S]*\nhint: /,
  );
  it.each<[role: Role, parameters: string, expected: unknown]>([
    ["scram", "sslmode=require channel_binding=require", "ok"],
    ["scram", "sslmode=require channel_binding=prefer", "ok"],
    ["scram", "sslmode=require channel_binding=disable", "ok"],
    ["scram", "sslmode=prefer channel_binding=require", "ok"],
    ["scram", "sslmode=disable channel_binding=require", unbound],
    ["hashed", "sslmode=require channel_binding=require", unbound],
    ["clear", "sslmode=require channel_binding=require", unbound],
    ["free", "sslmode=require channel_binding=require", unbound],
    ["hashed", "sslmode=require", "ok"],
    ["clear", "sslmode=require", "ok"],
    ["free", "sslmode=disable", "ok"],
    ["scram", "sslmode=disable", "ok"],
  ])("%s with %s", async (role, parameters, expected) => {
    expect(await status(`user=${role} password=canary ${parameters}`)).toEqual(expected);
  });
  it("is also bound on the server's side", async () => {
    // The server offers the mechanism with a name that ends in PLUS only with channel binding.
    expect(await status("user=scram password=wrong-canary sslmode=require channel_binding=require")).toMatch(
      /^password authentication failed/,
    );
  });
});

describe("passwords (fault 48)", () => {
  it.each([
    ["a no-break space", "a\u00a0b", "a b"],
    ["a Roman numeral", "\u2168canary", "IXcanary"],
    ["composed and decomposed letters", "cane\u0301", "can\u00e9"],
    ["an emoji, as it is", "\u{1f600}\u00aa", "\u{1f600}\u00aa"],
  ])("are prepared as the server does: %s", async (_, set, typed) => {
    await admin((sql) => sql.unsafe(`ALTER ROLE scram PASSWORD '${set}'`).then(() => {}));
    for (const password of [set, typed])
      expect(await status(`user=scram password='${password}'`), password).toBe("ok");
    await admin((sql) => sql.unsafe("ALTER ROLE scram PASSWORD 'canary'").then(() => {}));
  });
  it.each<[role: Role, what: string]>([
    ["clear", "in clear"],
    ["scram", "by SCRAM"],
  ])("of a file that is not UTF-8 are sent as they are: %s, %s", async (role) => {
    const bytes = Buffer.from("caf\xe9-canary", "latin1");
    // The server uses the bytes of the message as the password, whatever its encoding.
    await admin(async (sql) => {
      await sql.unsafe("CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0").catch(() => {});
    });
    const latin = postgres(cluster.url.replace(/postgres$/, "latin"), { max: 1, onnotice: () => {} });
    await latin.unsafe(
      `SET client_encoding = 'SQL_ASCII'; DO $$ BEGIN EXECUTE format('ALTER ROLE ${role} PASSWORD %L', convert_from('\\x${bytes.toString("hex")}', 'SQL_ASCII')); END $$`,
    );
    await latin.end();
    const file = path.join(folder, `pass-${role}`);
    writeFileSync(file, Buffer.concat([Buffer.from("*:*:*:*:"), bytes, Buffer.from("\n")]), { mode: 0o600 });
    expect(await status(`user=${role} passfile=${file}`)).toBe("ok");
    await admin((sql) => sql.unsafe(`ALTER ROLE ${role} PASSWORD 'canary'`).then(() => {}));
  });
});

describe("lists of revoked certificates (fault 48)", () => {
  const verified = () => `user=free hostaddr=127.0.0.1 sslrootcert=${fixture("strict-ca.crt")}`;
  const url = (parameters: string) => status(`${verified()} ${parameters}`);
  it.each(["verify-ca", "verify-full", "require"])("refuse the certificate with sslmode=%s", async (mode) => {
    expect(await url(`host=localhost sslmode=${mode} sslcrl=${fixture("revoked.crl")}`)).toMatch(
      /^the server's certificate was revoked\n/,
    );
    expect(await url(`host=localhost sslmode=${mode}`)).toBe("ok");
  });
  it("are read from ~/.postgresql, and from a folder", async () => {
    const home = mkdtempSync(path.join(folder, "home-"));
    const { mkdirSync } = await import("node:fs");
    mkdirSync(path.join(home, ".postgresql"));
    copyFileSync(fixture("strict-ca.crt"), path.join(home, ".postgresql/root.crt"));
    copyFileSync(fixture("revoked.crl"), path.join(home, ".postgresql/root.crl"));
    const parameters = "user=free host=localhost hostaddr=127.0.0.1 sslmode=verify-full";
    expect(await status(parameters, { HOME: home })).toMatch(/revoked/);
    const lists = mkdtempSync(path.join(folder, "lists-"));
    copyFileSync(fixture("revoked.crl"), path.join(lists, "0a1b2c3d.r0"));
    expect(await url(`host=localhost sslmode=verify-full sslcrldir=${lists}`)).toMatch(/revoked/);
  });
});

describe("several hosts (fault 48)", () => {
  /** A server that rejects each login with a SQLSTATE. */
  const refusing = (code: string) =>
    listen((socket, first) => {
      const refuse = () => {
        const fields = [`SFATAL`, `VFATAL`, `C${code}`, "Mnot now"].map((field) => `${field}\0`).join("");
        const head = Buffer.alloc(5);
        head.write("E");
        head.writeInt32BE(fields.length + 5, 1);
        socket.end(Buffer.concat([head, Buffer.from(`${fields}\0`)]));
      };
      if (first.readInt32BE(4) !== 80_877_103) return refuse();
      socket.write("N");
      socket.once("data", refuse);
    });
  const both = (port: number, more = "") =>
    status(`user=scram password=canary ${more}`.trim(), {
      DATABASE_URL_AUTH: `postgresql://scram:canary@127.0.0.1:${port},127.0.0.1:${cluster.port}/a`,
      DATABASE_URL_SPECS: `postgresql://scram:canary@127.0.0.1:${port},127.0.0.1:${cluster.port}/b`,
    });

  it("one that does not accept connections yet leads to the next", async () => {
    const server = await refusing("57P03");
    expect(await both(server.port)).toBe("ok");
    await server.close();
  });
  it.each(["28000", "28P01", "3D000", "53300"])(
    "one that rejects the login with %s does not",
    async (code) => {
      const server = await refusing(code);
      expect(await both(server.port)).toMatch(/^not now\n/);
      await server.close();
    },
  );
  it("reports name the one in use", async () => {
    const server = await refusing("57P03");
    const hosts = `127.0.0.1:${server.port},127.0.0.1:${cluster.port}`;
    const { stdout } = await runCli(["status", "--format", "json"], {
      cwd: folder,
      env: {
        DATABASE_URL_AUTH: `postgresql://scram:canary@${hosts}/a`,
        DATABASE_URL_SPECS: `postgresql://scram:canary@${hosts}/b`,
      },
    });
    expect(JSON.parse(stdout).databases.auth.target.port).toBe(cluster.port);
    await server.close();
  });
});

describe("sslnegotiation=direct", () => {
  /** TLS from the first byte, in front of the tests' server. */
  async function direct(protocols: string[]) {
    const server = createServer(
      {
        cert: readFileSync(fixture("server.crt")),
        key: readFileSync(fixture("server.key")),
        ALPNProtocols: protocols,
      },
      (client) => {
        const upstream = connect(cluster.port, "127.0.0.1");
        client.pipe(upstream).pipe(client);
        for (const socket of [client, upstream]) socket.on("error", () => {});
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { port: address.port, close: () => new Promise<unknown>((resolve) => server.close(resolve)) };
  }
  const through = (port: number) => {
    const url = (name: string) =>
      `host=localhost hostaddr=127.0.0.1 port=${port} user=free dbname=${name} sslmode=verify-full sslrootcert=${fixture("ca.crt")} sslnegotiation=direct`;
    return status("", { DATABASE_URL_AUTH: url("a"), DATABASE_URL_SPECS: url("b") });
  };
  it("begins with TLS, and names the protocol", async () => {
    const server = await direct(["postgresql"]);
    expect(await through(server.port)).toBe("ok");
    await server.close();
  });
  it("is refused by a server that names no protocol, or does not know it", async () => {
    const server = createServer({
      cert: readFileSync(fixture("server.crt")),
      key: readFileSync(fixture("server.key")),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    expect(await through(port)).toMatch(/does not support sslnegotiation=direct[\s\S]*hint: /);
    await new Promise<unknown>((resolve) => server.close(resolve));
    expect(await through(cluster.port)).toMatch(/hint: /);
  });
});
