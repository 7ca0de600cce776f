import { chmodSync, chownSync, copyFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixture } from "../database/fake-server.ts";
import { keysOf, ledgers, start, table, until, writeChains } from "../runner/helpers.ts";
import { another, noLedgers } from "../support/application.ts";
import { type Cluster, serverUser } from "../support/lanes/cluster.ts";
import { throwAwaySettings } from "../support/lanes/lane.ts";
import { makePlace, type Place } from "../support/place.ts";
import { processTitle } from "../support/secrets.ts";
import { expectFailure, expectRefused } from "./support/invariants.ts";
import { ownCluster, withUrls, withUser } from "./support/machine.ts";

let cluster: Cluster;
let place: Place;
beforeAll(async () => {
  cluster = await ownCluster();
  // The server reads its key only if no one else can.
  for (const name of ["server.crt", "server.key"]) {
    const copy = path.join(cluster.folder, name);
    copyFileSync(fixture(name), copy);
    chmodSync(copy, 0o600);
    const user = serverUser();
    if (user !== undefined) chownSync(copy, user.uid, user.gid);
  }
  await cluster.start({
    ...throwAwaySettings,
    listen_addresses: "*",
    ssl: "on",
    ssl_cert_file: path.join(cluster.folder, "server.crt"),
    ssl_key_file: path.join(cluster.folder, "server.key"),
  });
});
afterAll(() => cluster.remove());

const chains = { auth: [table(1, 0)], specs: [table(2, 0)] };
beforeEach(async () => {
  place = await makePlace("server", { server: cluster.url });
  writeChains(place, chains);
});
afterEach(() => place.dispose());

/** Runs SQL as the superuser of the server. */
async function admin(sql: string): Promise<void> {
  const session = postgres(cluster.url, { max: 1, onnotice: () => {} });
  try {
    await session.unsafe(sql);
  } finally {
    await session.end();
  }
}

async function expectToConnect(env: Record<string, string>): Promise<void> {
  const { exitCode, stderr } = await place.run(["migrate"], { env });
  expect(exitCode, stderr).toBe(0);
  expect((await place.run(["status", "--check"], { env })).exitCode).toBe(0);
}

/** The environment with different connection strings to both databases. */
function urls(change: (url: URL) => void): Record<string, string> {
  return withUrls(place.env, change);
}

const awkward = ["canary@/#%:?&=+ x", "canary'\"\\$(id)`", "canaryß中😀", "%63anary%25"];

describe("values that are hard to write in a URL (fault 28)", () => {
  it.each(awkward)("the password %s", async (password) => {
    const role = `sdb_awkward_${process.pid}`;
    await admin(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
    try {
      await expectToConnect(withUser(place.env, role, password));
      const wrong = withUser(place.env, role, `${password}!`);
      expect((await expectRefused(place, ["migrate"], { env: wrong })).code).toBe("authentication-failed");
    } finally {
      await place.dispose();
      await admin(`DROP ROLE ${role}`);
    }
  });

  it("an IPv6 address", async ({ skip }) => {
    const reachable = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: "::1", port: cluster.port });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    skip(!reachable, "this machine has no IPv6 loopback");
    await expectToConnect(
      urls((url) => {
        url.hostname = "[::1]";
      }),
    );
  });

  it("a unix socket, in a URL and as keywords", async () => {
    const bySocket = (text: string) => {
      const { username, password, port, pathname } = new URL(text);
      return `postgresql://${username}:${password}@${encodeURIComponent(cluster.folder)}:${port}${pathname}`;
    };
    await expectToConnect(Object.fromEntries(Object.entries(place.env).map(([k, v]) => [k, bySocket(v)])));
    const asKeywords = (text: string) => {
      const { port, pathname } = new URL(text);
      return `host=${cluster.folder} port=${port} user=postgres password='canary' dbname='${pathname.slice(1)}'`;
    };
    await expectToConnect(Object.fromEntries(Object.entries(place.env).map(([k, v]) => [k, asKeywords(v)])));
  });
});

describe("names that need quoting (faults 26, 28)", () => {
  const names = ["sdb a b", `sdb "q"`, "sdb 'q'; DROP TABLE t1; --", "sdb %2F../ü中"];

  it("of databases and roles", async () => {
    for (const name of names) await admin(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    const role = `sdb "r"'; ${process.pid}`;
    await admin(`CREATE ROLE "${role.replaceAll('"', '""')}" LOGIN PASSWORD 'canary'`);
    try {
      const [a, b, c, d] = names.map((name) => {
        const url = new URL(cluster.url);
        url.pathname = `/${encodeURIComponent(name)}`;
        return url.toString();
      });
      await expectToConnect({ DATABASE_URL_AUTH: a ?? "", DATABASE_URL_SPECS: b ?? "" });
      await expectToConnect({ DATABASE_URL_AUTH: c ?? "", DATABASE_URL_SPECS: d ?? "" });
      // The SQL that is offered for copying is also quoted.
      const env = withUser({ DATABASE_URL_AUTH: c ?? "", DATABASE_URL_SPECS: d ?? "" }, role, "canary");
      const { code, text } = await expectRefused(place, ["migrate"], { env });
      expect(code).toBe("privilege-missing");
      expect(text).not.toContain(`TO ${role}`);
    } finally {
      for (const name of names) await admin(`DROP DATABASE "${name.replaceAll('"', '""')}" WITH (FORCE)`);
      await admin(`DROP ROLE "${role.replaceAll('"', '""')}"`);
    }
  });

  it.each([
    ["a database that is none", ["--database", "auth'; DROP TABLE t1; --"]],
    ["a connection string with NUL", ["--auth-url", "postgresql://u@h/a%00b"]],
  ])("are refused: %s", async (_, args) => {
    const result = await place.run(["status", ...args, "--format", "json"]);
    expectFailure(result);
    expect(await ledgers(place)).toEqual(noLedgers);
  });

  it.each(["../evil", "a;b", 'a"b', "a'b", "a/b", "ä", "a\u0001b"])(
    "of migrations that should be created: %j",
    async (name) => {
      const result = await place.run(["create", name, "--database", "auth", "--phase", "0"]);
      expectFailure(result);
    },
  );
});

describe("a password that is wrong, with debugging on (fault 29)", () => {
  const debugging = { DEBUG: "*", NODE_DEBUG: "net,tls,http,stream", NODE_OPTIONS: "--trace-warnings" };

  it("shows in no output, whatever is turned on", async () => {
    const env = { ...withUser(place.env, "postgres", "canary-wrong"), ...debugging };
    const result = await place.run(["migrate", "--verbose", "--format", "json"], { env, spawn: true });
    expect(result.exitCode).toBe(2);
    expect(JSON.parse(result.stdout).error.code).toBe("authentication-failed");
    const right = await place.run(["migrate", "--verbose"], {
      env: { ...place.env, ...debugging },
      spawn: true,
    });
    expect(right.exitCode).toBe(0);
  });

  it.each([
    "postgresql://postgres:canary@127.0.0.1:port/x",
    "postgresql://postgres:canary@[::1/x",
    "postgresql://postgres:canary@h/x?sslmode=no",
    "postgresql//postgres:canary@h/x",
    "host=h password='canary",
    "mysql://postgres:canary@h/x",
  ])("a URL that is none: %s", async (url) => {
    const env = { [another.urlVariable]: url, ...debugging };
    const result = await place.run(["migrate", "--verbose", "--format", "json"], { env, spawn: true });
    expect(result.exitCode).toBe(2);
    expect(JSON.parse(result.stdout).error.code).toBe("connection-string");
  });

  it("shows in no message, though PostgreSQL itself repeats it", async () => {
    // A different password, as a migration's text is visible while it runs.
    const role = `sdb_telling_${process.pid}`;
    await admin(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'opensesame'`);
    try {
      const telling =
        "DO $$ BEGIN RAISE EXCEPTION 'opensesame' USING DETAIL = 'opensesame', HINT = 'opensesame'; END $$;";
      writeChains(place, { auth: [{ number: 1, phase: 0, up: telling }], specs: [table(2, 0)] });
      const env = withUser(place.env, role, "opensesame");
      const result = await place.run(["migrate", "--verbose", "--format", "json"], { env, spawn: true });
      expect(result.exitCode).toBe(3);
      expect(JSON.parse(result.stdout).error.message).toContain("***");
      expect(result.stderr).toContain("***");
    } finally {
      await place.dispose();
      await admin(`DROP ROLE ${role}`);
    }
  });

  it("shows neither in the process list nor to others on the server", async () => {
    const lock = postgres(place.env["DATABASE_URL_AUTH"] ?? "", { max: 1 });
    const eye = postgres(cluster.url, { max: 1 });
    try {
      await lock`SELECT pg_advisory_lock(1397708371, 1)`;
      const own = place.databases.filter(({ key }) => keysOf(place).includes(key));
      const urls = own.flatMap(({ key, urlVariable }) => [`--${key}-url`, place.env[urlVariable] ?? ""]);
      const { child, result, says } = start(place, ["migrate", ...urls], {});
      await says("waiting for pid");
      if (process.platform === "linux") expect(processTitle(child.pid).trim()).toBe("socrates-db");
      await until("the session of the program is seen", async () => {
        const rows =
          await eye`SELECT application_name, query FROM pg_stat_activity WHERE application_name LIKE 'socrates-db%'`;
        expect(JSON.stringify(rows)).not.toContain("canary");
        return rows.length === own.length;
      });
      await lock`SELECT pg_advisory_unlock_all()`;
      expect(await result).toMatchObject({ exitCode: 0 });
    } finally {
      await Promise.all([lock.end(), eye.end()]);
    }
  });
});

describe("sslmode with a server whose certificate is from our own authority (fault 30)", () => {
  const root = fixture("ca.crt");
  const other = fixture("other-ca.crt");

  it.each<[mode: string, root: string | undefined, host: string, code: string | undefined]>([
    ["disable", undefined, "127.0.0.1", undefined],
    ["prefer", undefined, "127.0.0.1", undefined],
    ["require", undefined, "127.0.0.1", undefined],
    ["require", other, "127.0.0.1", "tls-failed"],
    ["verify-ca", root, "127.0.0.1", undefined],
    ["verify-ca", other, "127.0.0.1", "tls-failed"],
    ["verify-full", root, "localhost", undefined],
    ["verify-full", root, "127.0.0.2", "tls-failed"],
    ["verify-full", other, "localhost", "tls-failed"],
    ["verify-full", undefined, "localhost", "connection-string"],
  ])("case %# of %s", async (mode, certificate, host, code) => {
    const env = urls((url) => {
      url.hostname = host;
      url.searchParams.set("sslmode", mode);
      if (certificate !== undefined) url.searchParams.set("sslrootcert", certificate);
    });
    const home = { HOME: place.folder };
    if (code === undefined) await expectToConnect({ ...env, ...home });
    else expect((await expectRefused(place, ["migrate"], { env: { ...env, ...home } })).code).toBe(code);
  });
});

describe("a password file (fault 31)", () => {
  const role = `sdb_passfile_${process.pid}`;
  const secret = "canary:with\\both";
  beforeEach(() => admin(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${secret}'`));
  afterEach(async () => {
    await place.dispose();
    await admin(`DROP ROLE ${role}`);
  });

  function passwordFile(mode: number): Record<string, string> {
    const file = path.join(place.folder, "pgpass");
    writeFileSync(file, `# nothing\n*:*:*:${role}:canary\\:with\\\\both\n`);
    chmodSync(file, mode);
    const env = urls((url) => {
      url.username = role;
      url.password = "";
    });
    return { ...env, PGPASSFILE: file };
  }

  it("with escaped colons is read", async () => {
    await expectToConnect(passwordFile(0o600));
  });

  it.skipIf(process.platform === "win32")("that others may read is ignored, with a warning", async () => {
    const { code, text } = await expectRefused(place, ["migrate"], { env: passwordFile(0o644) });
    expect(code).toBe("authentication-failed");
    expect(text).toContain("none was given");
    const { stderr } = await place.run(["status"], { env: passwordFile(0o644) });
    expect(stderr).toMatch(/^warning: .*pgpass.*/m);
  });
});
