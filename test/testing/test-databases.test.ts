import { PrismaPg } from "@prisma/adapter-pg";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { drizzle as drizzleJs } from "drizzle-orm/postgres-js";
import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabases, matchers, type TestDatabases } from "../../src/index.ts";
import { engines, lastPhase, makePlace, type Place } from "../support/place.ts";

expect.extend(matchers);

/** The type of the matchers, as an application declares it. */
declare module "vitest" {
  interface Matchers<T> {
    toHaveNoDrift(): Promise<T>;
    toHaveNoDanglingReferences(): Promise<T>;
  }
}

describe.each(engines)("test databases on the %s engine", (engine) => {
  let place: Place;
  let test: TestDatabases<"auth" | "specs">;
  beforeAll(async () => {
    place = await makePlace(engine);
    test = await createTestDatabases({
      engine,
      builtin: true,
      cwd: place.folder,
      env: place.env,
      phase: lastPhase(engine),
      seed: { users: 2, seed: 1 },
      setup: {
        auth: "CREATE TABLE note (id serial PRIMARY KEY, text text); INSERT INTO note (text) VALUES ('first')",
        specs: async (sql) => sql`CREATE SEQUENCE ticket START 7`,
      },
    });
  });
  afterAll(async () => {
    await test?.close();
    await place.dispose();
  });
  afterEach(() => test.reset());
  const notes = () => test.databases.auth.sql`SELECT id, text FROM note ORDER BY id`;

  it("contain what was asked for", async () => {
    const { auth, specs } = test.databases;
    expect(await auth.sql`SELECT count(*)::int AS users FROM users`).toEqual([{ users: 2 }]);
    expect(await specs.sql`SELECT nextval('ticket')::int AS ticket`).toEqual([{ ticket: 7 }]);
    const { databases } = await test.project.status();
    expect(Math.max(...Object.values(databases).map(({ phase }) => phase ?? -1))).toBe(lastPhase(engine));
  });

  it("return to their base state: rows, objects, sequences, settings of all databases", async () => {
    const { auth, specs } = test.databases;
    await auth.sql`INSERT INTO note (text) VALUES ('second')`;
    await auth.sql.unsafe("DROP TABLE users CASCADE; CREATE TABLE extra (id int)").simple();
    await auth.sql.unsafe("SET search_path = nowhere");
    await specs.sql`SELECT nextval('ticket')`;
    await specs.sql.unsafe(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''', current_database()); END $$",
    );
    await test.reset();
    expect(await notes()).toEqual([{ id: 1, text: "first" }]);
    expect(await auth.sql`INSERT INTO note (text) VALUES ('again') RETURNING id`).toEqual([{ id: 2 }]);
    expect(await auth.sql`SELECT to_regclass('extra') AS extra, count(*)::int AS users FROM users`).toEqual([
      { extra: null, users: 2 },
    ]);
    expect(await specs.sql`SELECT nextval('ticket')::int AS ticket`).toEqual([{ ticket: 7 }]);
    expect(await specs.sql`SHOW work_mem`).not.toEqual([{ work_mem: "7MB" }]);
  });

  it("keep snapshots by name", async () => {
    const { auth } = test.databases;
    await auth.sql`INSERT INTO note (text) VALUES ('second')`;
    await test.snapshot("two");
    await auth.sql`DELETE FROM note`;
    await test.snapshot("none");
    await test.restore("two");
    expect(await notes()).toHaveLength(2);
    await test.restore("none");
    expect(await notes()).toHaveLength(0);
    await test.reset();
    await test.snapshot("two");
    await auth.sql`DELETE FROM note`;
    await test.restore("two");
    expect(await notes()).toEqual([{ id: 1, text: "first" }]);
    await expect(test.restore("three")).rejects.toMatchObject({
      code: "usage",
      message: 'unknown snapshot "three"',
      hint: "The snapshots are: two, none.",
    });
  });

  it("reset while a transaction is open and a query runs; the client keeps working", async () => {
    const { auth } = test.databases;
    const reserved = await auth.sql.reserve();
    await reserved`BEGIN`;
    await reserved`DELETE FROM note`;
    const running = auth.sql`SELECT pg_sleep(60)`.then(
      () => "ended",
      () => "failed",
    );
    // Both connections are busy now.
    await test.reset();
    expect(await running).toBe("failed");
    expect(await notes()).toEqual([{ id: 1, text: "first" }]);
    const nested = auth.sql.begin(async (transaction) => {
      await transaction`DELETE FROM note`;
      await test.reset();
      return transaction`SELECT 1`;
    });
    await expect(nested).rejects.toBeDefined();
    expect(await notes()).toEqual([{ id: 1, text: "first" }]);
  });

  it("run resets that are called at once one after the other", async () => {
    await test.databases.auth.sql`DELETE FROM note`;
    await Promise.all([test.reset(), test.reset(), test.snapshot("at once")]);
    expect(await notes()).toEqual([{ id: 1, text: "first" }]);
  });

  it("have clients of pg, Drizzle, Kysely and Prisma's adapter, which stay valid", async () => {
    const { auth } = test.databases;
    const pool = auth.pg<pg.Pool>({ max: 2 });
    const kysely = new Kysely<{ note: { id: number; text: string } }>({
      dialect: new PostgresDialect({ pool }),
    });
    const prisma = await new PrismaPg(pool).connect();
    const select = "SELECT text FROM note";
    for (let round = 1; round <= 2; round++) {
      const { rows } = await pool.query(select);
      const prismaRows = await prisma.queryRaw({ sql: select, args: [], argTypes: [] });
      expect([
        rows,
        (await drizzlePg(pool).execute(select)).rows,
        [...(await drizzleJs(auth.sql).execute(select))],
        await kysely.selectFrom("note").select("text").execute(),
        prismaRows.rows.map(([text]) => ({ text })),
      ]).toEqual(Array(5).fill([{ text: "first" }]));
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("DELETE FROM note");
      client.on("error", () => {});
      await test.reset();
    }
  });

  it("have a connection string for other processes", async () => {
    const sql = postgres(await test.databases.auth.url(), { max: 2 });
    expect(await sql`SELECT text FROM note`).toEqual([{ text: "first" }]);
    await sql.end();
  });

  it("have matchers for drift and dangling references", async () => {
    const { auth, specs } = test.databases;
    await test.databases.auth.sql`DROP TABLE note`;
    await specs.sql`DROP SEQUENCE ticket`;
    await expect(test).toHaveNoDanglingReferences();
    await expect(test).toHaveNoDrift();
    await auth.sql`ALTER TABLE users ADD COLUMN extra int`;
    await specs.sql`UPDATE projects SET user_id = gen_random_uuid()`;
    await expect(expect(test).toHaveNoDrift()).rejects.toThrow("users.extra");
    await expect(expect(test).toHaveNoDanglingReferences()).rejects.toThrow(
      "expected no dangling references:",
    );
  });
});

describe("test databases", () => {
  it.each([
    ["setup of an unknown database", { setup: { shop: "SELECT 1" } }, "usage"],
    ["a phase without migrations", { phase: 99 }, "usage"],
    ["a server without connection strings", { engine: "server" as const }, "url-missing"],
  ])("refuse %s", async (_, options, code) => {
    await expect(createTestDatabases({ builtin: true, cwd: "/", env: {}, ...options })).rejects.toMatchObject(
      { code },
    );
  });

  it("report an error of their setup, and leave nothing behind", async () => {
    const broken = createTestDatabases({
      builtin: true,
      cwd: "/",
      env: {},
      phase: 0,
      setup: { auth: "SELEC 1" },
    });
    await expect(broken).rejects.toMatchObject({ name: "PostgresError", code: "42601" });
  });

  it("refuse to be used after their end", async () => {
    const test = await createTestDatabases({ builtin: true, cwd: "/", env: {}, phase: 0 });
    await test.close();
    await test.close();
    await expect(test.reset()).rejects.toMatchObject({
      code: "usage",
      message: "the test databases are closed",
    });
  });
});
