import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedEngine, openEmbedded } from "../../src/database/embedded/engine.ts";
import { type Listener, listen } from "../../src/serve/listen.ts";
import { type SharedDatabase, shareDatabase } from "../../src/serve/shared-database.ts";

const database = "socrates_auth";
const password = "know-thyself";
let engine: EmbeddedEngine;
let shared: SharedDatabase;
let listener: Listener;
const clients: postgres.Sql[] = [];

/** One connection; settings are those of its startup packet. */
function client(settings: Record<string, string> = {}, login: { database?: string; password?: string } = {}) {
  const sql = postgres({
    host: "127.0.0.1",
    port: listener.port,
    user: "postgres",
    database,
    password,
    max: 1,
    onnotice: () => {},
    fetch_types: false,
    connection: settings,
    ...login,
  });
  clients.push(sql);
  return sql;
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code,
  );

beforeAll(async () => {
  engine = await openEmbedded({ directory: null, database });
  shared = shareDatabase(engine, { database, password, lockTimeout: 300, maxClients: 30 });
  listener = await listen(shared, 0);
  const sql = client();
  await sql.unsafe("CREATE TABLE loaf (id int PRIMARY KEY); CREATE SEQUENCE counter");
  await sql.end();
}, 120_000);

afterAll(async () => {
  await Promise.all(clients.map((sql) => sql.end({ timeout: 1 })));
  await listener.close();
  await shared.close();
  await engine.close();
}, 60_000);

describe("login", () => {
  it("refuses a wrong password and an unknown database", async () => {
    expect(await code(client({}, { password: "wrong" })`SELECT 1`)).toBe("28P01");
    expect(await code(client({}, { database: "socrates_specs" })`SELECT 1`)).toBe("3D000");
  });

  it("refuses a port in use", async () => {
    await expect(listen(shared, listener.port)).rejects.toMatchObject({ code: "port-in-use" });
  });

  it("answers a request for encryption with N", async () => {
    const socket = net.connect(listener.port, "127.0.0.1");
    socket.write(Buffer.from("0000000804d2162f", "hex"));
    const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.destroy();
    expect(answer.toString()).toBe("N");
  });
});

describe("turns", () => {
  it("never shows another client an open transaction, and names its holder to who waits too long", async () => {
    const holder = client({ application_name: "till-holder" });
    const other = client();
    await holder`BEGIN`;
    await holder`INSERT INTO loaf VALUES (1)`;
    const refusal = await other`SELECT * FROM loaf`.catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "55P03", detail: expect.stringContaining("till-holder") });
    await other.unsafe("SET lock_timeout = '20s'");
    const waiting = other`SELECT * FROM loaf`.execute();
    await holder`ROLLBACK`;
    expect(await waiting).toHaveLength(0);
  });

  it("answers SELECT 1 and SELECT pg_backend_pid() at any time, also as prepared statements that are used again", async () => {
    const [holder, other] = [client(), client()];
    await other`SELECT 2`;
    await holder`BEGIN`;
    const ask = () => other`SELECT pg_backend_pid() AS pid`;
    const [first] = await ask();
    expect(first?.["pid"]).toBeGreaterThan(1000);
    expect(await ask()).toEqual([first]);
    expect(await other.unsafe("select 1").simple()).toEqual([{ "?column?": 1 }]);
    expect(await code(other`SELECT pg_backend_pid() FROM loaf`)).toBe("55P03");
    await holder`COMMIT`;
    expect(await ask()).toEqual([first]);
    expect(await other`SELECT pg_backend_pid() AS pid, 1 AS one`).toEqual([{ ...first, one: 1 }]);
  });

  it("admits clients while a transaction has failed, and after it", async () => {
    const failed = client();
    await failed.unsafe("BEGIN");
    expect(await code(failed.unsafe("SELECT 1 / 0"))).toBe("22012");
    const within = client({ options: "-c lock_timeout=5s -c work_mem=6MB" });
    expect(await within.unsafe("SHOW work_mem")).toEqual([{ work_mem: "6MB" }]);
    await failed.unsafe("ROLLBACK");
    expect(await failed.unsafe("SHOW lock_timeout")).toEqual([{ lock_timeout: "300ms" }]);
    expect(await within.unsafe("SHOW lock_timeout")).toEqual([{ lock_timeout: "5s" }]);
    const after = client({ options: "-c lock_timeout=7s" });
    expect(await after.unsafe("SHOW lock_timeout")).toEqual([{ lock_timeout: "7s" }]);
  });

  it("rolls back what a client began that disconnects", async () => {
    const leaving = client();
    await leaving`BEGIN`;
    await leaving`INSERT INTO loaf VALUES (2)`;
    await leaving.end({ timeout: 0 });
    expect(await client({ options: "-c lock_timeout=20s" })`SELECT * FROM loaf`).toHaveLength(0);
  });
});

describe("what belongs to a client", () => {
  it("keeps settings, prepared statements, sequences and pids apart", async () => {
    const [a, b] = [client({ options: "-c work_mem=5MB" }), client()];
    await a`SET TimeZone = 'Asia/Tokyo'`;
    await a.unsafe("PREPARE find AS SELECT 'a' AS name");
    await b.unsafe("PREPARE find AS SELECT 'b' AS name");
    await a`SELECT nextval('counter'), nextval('counter')`;
    expect(await b.unsafe("SHOW TimeZone")).toEqual([{ TimeZone: expect.not.stringContaining("Tokyo") }]);
    expect(await b.unsafe("SHOW work_mem")).not.toEqual([{ work_mem: "5MB" }]);
    expect(await code(b`SELECT currval('counter')`)).toBe("55000");
    await b.unsafe("DISCARD ALL");
    expect(await code(b.unsafe("EXECUTE find"))).toBe("26000");
    expect(await a.unsafe("EXECUTE find")).toEqual([{ name: "a" }]);
    expect(await a.unsafe("SHOW TimeZone")).toEqual([{ TimeZone: "Asia/Tokyo" }]);
    expect(await a`SELECT currval('counter')::int AS value`).toEqual([{ value: 2 }]);
    await a.unsafe("SET work_mem = '9MB'");
    await a.unsafe("RESET ALL");
    expect(await a.unsafe("SHOW work_mem")).toEqual([{ work_mem: "5MB" }]);
    const pids = await Promise.all(
      [a, b].map(async (sql) => (await sql`SELECT pg_backend_pid() AS pid`)[0]?.["pid"]),
    );
    expect(new Set(pids).size).toBe(2);
  });

  it("keeps the values of identity columns apart", async () => {
    const [a, b] = [client(), client()];
    await a.unsafe("CREATE TABLE roll (id int GENERATED ALWAYS AS IDENTITY, name text)");
    await a`INSERT INTO roll (name) VALUES ('a'), ('b')`;
    await b`INSERT INTO roll (name) VALUES ('c')`;
    const current = (sql: postgres.Sql) =>
      sql.unsafe("SELECT currval(pg_get_serial_sequence('roll', 'id'))::int AS one, lastval()::int AS last");
    expect(await current(a)).toEqual([{ one: 2, last: 2 }]);
    expect(await current(b)).toEqual([{ one: 3, last: 3 }]);
    await b.unsafe("DISCARD SEQUENCES");
    expect(await code(current(b))).toBe("55000");
    expect(await current(a)).toEqual([{ one: 2, last: 2 }]);
    await a.unsafe("DISCARD ALL");
    expect(await code(current(a))).toBe("55000");
    await a.unsafe("DROP TABLE roll");
  });

  it("grants an advisory lock to one client at a time", async () => {
    const [a, b] = [client(), client()];
    await a`SELECT pg_advisory_lock(7)`;
    expect(await b`SELECT pg_try_advisory_lock(7) AS got`).toEqual([{ got: false }]);
    expect(await code(b.unsafe("SELECT pg_advisory_lock(7)"))).toBe("55P03");
    const waiting = client({ options: "-c lock_timeout=20s" });
    await waiting`SELECT 2`;
    const granted = Promise.all([
      waiting`SELECT pg_advisory_lock(${7}::bigint), ${"two"}::text AS name`,
      waiting.unsafe("SELECT pg_advisory_unlock(7) AS released"),
    ]);
    for (const id of [1, 2, 3]) await b`SELECT * FROM loaf WHERE id = ${id}`;
    expect(await a`SELECT pg_advisory_unlock(7) AS released, pg_advisory_lock(8)`).toMatchObject([
      { released: true },
    ]);
    expect(await granted).toMatchObject([[{ name: "two" }], [{ released: true }]]);
    expect(await code(b.begin((sql) => sql`SELECT pg_advisory_lock(8)`))).toBe("55P03");
    await a`SELECT pg_advisory_lock(7)`;
    await a.end();
    await expect.poll(async () => (await b`SELECT pg_try_advisory_lock(7) AS got`)[0]?.["got"]).toBe(true);
  });

  it.each([
    "LISTEN oven",
    "CREATE TEMP TABLE basket (id int)",
    "SET ROLE postgres",
    "PREPARE TRANSACTION 'x'",
    "CREATE DATABASE other",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
  ])("refuses %s", async (statement) => {
    expect(await code(client().unsafe(statement))).toBe("0A000");
  });
});

describe("interrupts", () => {
  it.each(["SELECT pg_sleep(30)", "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"])(
    "cancels %s",
    async (statement) => {
      const sql = client();
      await sql`SELECT 1`;
      const running = sql.unsafe(statement).execute();
      const ended = code(running);
      const timer = setInterval(() => running.cancel(), 100);
      expect(await ended).toBe("57014");
      clearInterval(timer);
      expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    },
  );

  it("ends a statement after statement_timeout", async () => {
    const sql = client({ statement_timeout: "100" });
    expect(await code(sql`SELECT pg_sleep(30)`)).toBe("57014");
    expect(await client()`SELECT pg_sleep(0.2), 1 AS one`).toMatchObject([{ one: 1 }]);
  });

  it("ends a client that is idle in a transaction for too long, and not the engine", async () => {
    const sql = client({ idle_in_transaction_session_timeout: "100" });
    await sql`BEGIN`;
    await expect.poll(() => code(client()`SELECT 1`), { timeout: 20_000 }).toBe("no error");
  });
});

it("ends all clients for exclusive work, and serves new ones afterwards", async () => {
  const sql = client();
  await sql`BEGIN`;
  await sql`INSERT INTO loaf VALUES (3)`;
  const waiting = shared.exclusively(async () => {
    const own = postgres({
      socket: () => engine.connect(),
      user: "postgres",
      database,
      max: 1,
      fetch_types: false,
    } as never);
    const rows = await own`SELECT * FROM loaf`;
    await own.end();
    return rows.length;
  });
  expect(await waiting).toBe(0);
  expect(await client()`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});

it("restarts the engine at its last commit when a statement cannot be interrupted, and tells all clients", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "socrates-db-serve-"));
  const stubborn = await openEmbedded({ directory: path.join(folder, "auth"), database });
  const offered = shareDatabase(stubborn, { database, password, interruptLimit: 100 });
  const port = await listen(offered, 0);
  const login = { host: "127.0.0.1", port: port.port, user: "postgres", database, password };
  const [stuck, other] = [new pg.Client(login), new pg.Client(login)];
  for (const each of [stuck, other]) await each.on("error", () => {}).connect();
  await other.query("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
  await stuck.query("BEGIN; INSERT INTO kept VALUES (2); SET LOCAL statement_timeout = 1000");
  // PostgreSQL does not look for interrupts while it divides.
  const sum = Array(60).fill("div(a, b)").join(" + ");
  const running = stuck.query(`SELECT ${sum} > 0
    FROM (SELECT repeat('9', 130000)::numeric AS a, repeat('7', 65000)::numeric AS b OFFSET 0) AS numbers`);
  const waiting = other.query("SELECT id FROM kept");
  expect(await Promise.all([code(running), code(waiting)])).toEqual(["57P02", "57P02"]);
  const sql = postgres({ ...login, max: 1 });
  expect(await sql`SELECT id FROM kept`).toEqual([{ id: 1 }]);
  await sql.end();
  await port.close();
  await offered.close();
  await stubborn.close();
  await rm(folder, { recursive: true });
});
