import { once } from "node:events";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Sql } from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedEngine, openEmbedded } from "../../src/database/embedded/engine.ts";
import { message } from "../../src/database/embedded/wire.ts";
import { client, requireBuild } from "./helpers.ts";

let engine: EmbeddedEngine;
let sql: Sql;

/** A direct connection without postgres.js, after its startup packet. */
function startSession(): Duplex {
  const stream = engine.connect().resume();
  const startup = Buffer.from("\0\0\0\0\0\x03\0\0user\0someone\0\0", "latin1");
  startup.writeUInt32BE(startup.length);
  stream.write(startup);
  return stream;
}

beforeAll(async () => {
  requireBuild();
  engine = await openEmbedded({ directory: null, database: "socrates_specs" });
});
afterAll(() => engine.close());
beforeEach(() => {
  sql = client(engine);
});
afterEach(() => sql.end({ timeout: 5 }));

describe("queries through postgres.js", () => {
  it("names the database, and knows the letters of every script", async () => {
    const [row] = await sql`SELECT current_database() AS name, lower('ÉÄЖ') AS lower`;
    expect(row).toEqual({ name: "socrates_specs", lower: "éäж" });
  });

  it("has all the files that PostgreSQL comes with: time zones, dictionaries", async () => {
    const [row] = await sql`SELECT (SELECT count(*)::int FROM pg_timezone_names) AS zones,
      (timestamptz '2026-07-01 12:00Z' AT TIME ZONE 'America/Argentina/Ushuaia')::text AS time,
      to_tsvector('german', 'die Migrationen und der Bestand')::text AS words`;
    expect(row).toEqual({
      zones: 598,
      time: "2026-07-01 09:00:00",
      words: "'bestand':5 'migration':2",
    });
    expect(await sql.unsafe("SET timezone_abbreviations = 'Australia'; SELECT 1 AS a")).toHaveLength(2);
  });

  it("refuses to convert between encodings whose functions it lacks, and continues", async () => {
    for (const [from, to] of [
      ["UTF8", "LATIN9"],
      ["UTF8", "SJIS"],
      ["KOI8R", "WIN1251"],
    ] as const) {
      await expect(sql`SELECT convert('a'::bytea, ${from}, ${to})`).rejects.toMatchObject({ code: "0A000" });
      await expect(
        sql.unsafe("CREATE CONVERSION own FOR 'UTF8' TO 'LATIN9' FROM utf8_to_iso8859"),
      ).rejects.toMatchObject({ code: "0A000" });
    }
    const [row] = await sql`SELECT convert('a'::bytea, 'UTF8', 'LATIN1')::text AS bytes`;
    expect(row).toEqual({ bytes: "\\x61" });
  });

  it("binds parameters, arrays and null", async () => {
    const [row] =
      await sql`SELECT ${7}::int AS n, ${"it's"}::text AS t, ${[1, 2]}::int[] AS a, ${null}::text AS e`;
    expect(row).toEqual({ n: 7, t: "it's", a: [1, 2], e: null });
  });

  it("runs several statements in one simple query", async () => {
    const results = await sql.unsafe("SELECT 1 AS a; SELECT 2 AS b");
    expect(results.map((rows) => Object.assign({}, ...rows))).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it("continues after errors in every phase of a query", async () => {
    await expect(sql`SELECT missing`).rejects.toMatchObject({ code: "42703" });
    await expect(sql`SELECT ${1}::int / ${0}::int`).rejects.toMatchObject({ code: "22012" });
    await expect(sql`SELECT ${"x"}::int`.execute()).rejects.toMatchObject({ code: "22P02" });
    await expect(sql.unsafe("SELECT 1; SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });

  it("commits and rolls back transactions", async () => {
    await sql`CREATE TEMPORARY TABLE t (n int)`;
    await sql.begin((inner) => inner`INSERT INTO t VALUES (1)`);
    const failed = sql.begin(async (inner) => {
      await inner`INSERT INTO t VALUES (2)`;
      await inner`SELECT 1 / 0`;
    });
    await expect(failed).rejects.toMatchObject({ code: "22012" });
    expect(await sql`SELECT n FROM t`).toEqual([{ n: 1 }]);
  });

  it("keeps pipelined queries in order", async () => {
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const rows = await Promise.all(numbers.map((n) => sql<{ n: number }[]>`SELECT ${n}::int AS n`));
    expect(rows.map(([row]) => row?.n)).toEqual(numbers);
  });

  it("carries large results and large messages", async () => {
    const rows = await sql<{ n: number; t: string }[]>`
      SELECT n, repeat('x', 10000) AS t FROM generate_series(1, 1000) AS n`;
    expect(rows.length).toBe(1000);
    expect(rows.every((row, i) => row.n === i + 1 && row.t.length === 10_000)).toBe(true);
    const text = "é".repeat(5_000_000);
    const [back] = await sql`SELECT ${text} = repeat('é', 5000000) AS same`;
    expect(back).toEqual({ same: true });
  });

  it("streams with a cursor", async () => {
    let count = 0;
    for await (const rows of sql`SELECT * FROM generate_series(1, 1050)`.cursor(100)) count += rows.length;
    expect(count).toBe(1050);
  });

  it("copies in and out, and reads more than it keeps on its way", async () => {
    await sql`CREATE TEMPORARY TABLE c (n int, t text)`;
    const line = (n: number): string => `${n}\t${"y".repeat(1000)}\n`;
    const lines = Array.from({ length: 12_000 }, (_, n) => line(n));
    await pipeline(Readable.from(lines), await sql`COPY c FROM STDIN`.writable());
    expect(await sql`SELECT count(*)::int, sum(n)::int FROM c`).toEqual([{ count: 12_000, sum: 71_994_000 }]);
    let bytes = 0;
    for await (const chunk of await sql`COPY c TO STDOUT`.readable()) bytes += chunk.length;
    expect(bytes).toBe(lines.join("").length);
  });

  it("creates the extension vector", async () => {
    await sql`CREATE EXTENSION vector`;
    const [row] = await sql`SELECT '[1,2]'::vector <-> '[4,6]' AS distance`;
    expect(row).toEqual({ distance: 5 });
    await sql`DROP EXTENSION vector`;
  });
});

describe("sessions", () => {
  it("applies the settings of the startup packet", async () => {
    const other = client(engine, {
      application_name: "it's me",
      search_path: "pg_temp",
      lock_timeout: "1234",
    });
    const [row] = await other`
      SELECT current_setting('application_name') AS name, current_setting('search_path') AS path,
        current_setting('lock_timeout') AS timeout`;
    await other.end({ timeout: 5 });
    expect(row).toEqual({ name: "it's me", path: "pg_temp", timeout: "1234ms" });
    expect(await sql`SHOW search_path`).toEqual([{ search_path: '"$user", public' }]);
  });

  it("refuses a setting that does not exist, and serves the next client", async () => {
    const other = client(engine, { no_such_setting: "1" });
    await expect(other`SELECT 1`).rejects.toMatchObject({ code: "42704" });
    await other.end({ timeout: 5 });
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });

  it("passes nothing of a session to the next one", async () => {
    await sql`CREATE TABLE IF NOT EXISTS kept (n int)`;
    await sql.end({ timeout: 5 });
    const stream = startSession();
    stream.write(
      message("Q", "BEGIN; INSERT INTO kept VALUES (1); SELECT pg_advisory_lock(1); SET work_mem = '1MB'\0"),
    );
    // After an error in an extended query the server is silent until a Sync, which never comes.
    stream.write(message("P", "s\0SELECT 1\0\0\0"));
    await new Promise<void>((done) => stream.write(message("P", "t\0SELECT missing\0\0\0"), () => done()));
    stream.destroy();
    await once(stream, "close");
    sql = client(engine);
    expect(await sql`SELECT n FROM kept`).toEqual([]);
    expect(await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`).toEqual([]);
    expect(await sql`SELECT source FROM pg_settings WHERE name = 'work_mem'`).toEqual([
      { source: "default" },
    ]);
    expect(await sql`SELECT name FROM pg_prepared_statements WHERE name = 's'`).toEqual([]);
  });

  it("refuses a second client while there is one", async () => {
    await sql`SELECT 1`;
    const other = client(engine);
    await expect(other`SELECT 1`).rejects.toMatchObject({ code: "53300" });
    await other.end({ timeout: 5 });
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });

  it("serves the next client at once when one has ended", async () => {
    for (let n = 0; n < 20; n++) {
      await sql`SELECT 1`;
      void sql.end({ timeout: 0 });
      sql = client(engine);
    }
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });

  it("survives a client that disconnects in the middle of a COPY", async () => {
    await sql`CREATE TABLE IF NOT EXISTS cut (n int)`;
    await sql.end({ timeout: 5 });
    const stream = startSession();
    stream.write(message("Q", "COPY cut FROM STDIN\0"));
    await new Promise<void>((done) => stream.write(message("d", "1\n"), () => done()));
    stream.destroy();
    sql = client(engine);
    expect(await sql`SELECT n FROM cut`).toEqual([]);
  });

  it("survives a client that disconnects in the middle of a long result", async () => {
    await sql.end({ timeout: 5 });
    const stream = startSession();
    stream.write(message("Q", "SELECT repeat('x', 1000000) FROM generate_series(1, 50)\0"));
    let bytes = 0;
    while (bytes < 1_000_000) {
      const [chunk] = await once(stream, "data");
      bytes += chunk.length;
    }
    stream.destroy();
    sql = client(engine);
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });

  it("answers a request for encryption and ignores one to cancel", async () => {
    const stream = engine.connect();
    const request = Buffer.alloc(8);
    request.writeUInt32BE(8);
    request.writeUInt32BE(80877103, 4);
    // One byte at a time.
    for (const byte of request) stream.write(Buffer.of(byte));
    const [answer] = await once(stream, "data");
    expect(String(answer)).toBe("N");
    const cancel = Buffer.alloc(16);
    cancel.writeUInt32BE(16);
    cancel.writeUInt32BE(80877102, 4);
    stream.resume().write(cancel);
    await once(stream, "close");
    expect(await sql`SELECT 1 AS a`).toEqual([{ a: 1 }]);
  });
});
