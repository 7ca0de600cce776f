import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStatisticsFile } from "../../src/statistics/file.ts";
import type { Statistics } from "../../src/statistics/model.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** A value of each type that no name, size or count resembles. */
const canaries: Readonly<Record<string, string>> = {
  text: "canary7182818",
  "character varying": "canary7182818",
  uuid: "71828182-8459-4045-a352-71828182ffff",
  integer: "718281828",
  bigint: "718281828",
  numeric: "7.18",
  "timestamp without time zone": "2718-02-08 07:18:28",
  "timestamp with time zone": "2718-02-08 07:18:28+00",
  date: "2718-02-08",
  jsonb: '{"canary7182818": 718281828}',
  "ARRAY:_text": "{canary7182818}",
  "ARRAY:_uuid": "{71828182-8459-4045-a352-71828182ffff}",
  inet: "71.82.81.82",
};
const traces = /canary7182818|71828182|718281828|2718-02-08|71\.82\.81/;

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

describe.each(engines)("stats pull (%s)", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine, { migrated: true });
    await place.run(["seed", "--users", "20", "--seed", "1"]);
  });
  afterAll(() => place.dispose());

  async function pull(...options: string[]): Promise<Statistics> {
    const { exitCode, stderr } = await place.run(["stats", "pull", "--quiet", ...options]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return readStatisticsFile(path.join(place.folder, "socrates-db.stats.json"));
  }

  it("writes the figures of each relation, and the place in the chain", async () => {
    for (const key of ["auth", "specs"]) await place.query(key, "ANALYZE");
    const { databases } = await pull();
    expect(Object.keys(databases)).toEqual(["auth", "specs"]);
    const [{ rows, bytes, head, width } = { rows: 0, bytes: 0, head: 0, width: 0 }] = await place.query<{
      rows: number;
      bytes: number;
      head: number;
      width: number;
    }>(
      "auth",
      `SELECT (SELECT count(*) FROM users)::int AS rows, pg_relation_size('users')::int AS bytes,
        (SELECT max(number) FROM socrates_db.migrations) AS head, (SELECT avg_width FROM pg_stats WHERE tablename = 'users' AND attname = 'email') AS width`,
    );
    expect(rows).toBeGreaterThan(0);
    const { auth } = databases;
    expect(auth).toMatchObject({ name: "socrates_auth", head });
    expect(auth?.relations["public.users"]).toMatchObject({
      kind: "table",
      rows,
      bytes,
      pages: bytes / 8192,
    });
    expect(auth?.relations["public.users"]?.columns?.["email"]?.width).toBe(width);
    expect(auth?.relations["public.users_pkey"]).toMatchObject({
      kind: "index",
      table: "public.users",
      rows,
    });
    expect(Object.keys(auth?.relations ?? {}).some((name) => name.startsWith("socrates_db."))).toBe(false);
  });

  it("writes the same bytes again, except for the time", async () => {
    const file = path.join(place.folder, "socrates-db.stats.json");
    const text = () => readFileSync(file, "utf8").replaceAll(/"takenAt": "[^"]*"/g, "");
    await pull();
    const first = text();
    await pull();
    expect(text()).toBe(first);
    const names = Object.keys(readStatisticsFile(file).databases["specs"]?.relations ?? {});
    expect(names).toEqual([...names].sort());
  });

  it("keeps the entries of other databases", async () => {
    const before = await pull();
    const after = await pull("--database", "auth");
    expect(after.databases["specs"]).toEqual(before.databases["specs"]);
  });

  it("reads no value of any column", async () => {
    const columns: Column[] = [];
    let known = 0;
    for (const key of ["auth", "specs"]) {
      const session = await connectTo(place, key);
      const own = await session.run<Column>(
        `SELECT quote_ident(table_name) AS table, quote_ident(column_name) AS column,
          CASE data_type WHEN 'ARRAY' THEN 'ARRAY:' || udt_name ELSE data_type END AS type
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
      );
      columns.push(...own);
      await session.run("SET session_replication_role = replica");
      for (const { table, column, type } of own) {
        const canary = canaries[type];
        if (canary === undefined) continue;
        const set = `UPDATE ${table} SET ${column} = '${canary}' WHERE ctid = (SELECT min(ctid) FROM ${table})`;
        // A check of a column may refuse it.
        await session.run(set).catch(() => {});
      }
      await session.run("ANALYZE");
      const [{ count } = { count: 0 }] = await session.run<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stats WHERE schemaname = 'public'
          AND concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text) ~ '${traces.source}'`,
      );
      known += count;
      await session.close();
    }
    // The server's own statistics hold the values: reading one column too many would copy them.
    expect(known).toBeGreaterThan(columns.length / 2);
    await pull();
    const text = readFileSync(path.join(place.folder, "socrates-db.stats.json"), "utf8");
    expect(traces.test(text)).toBe(false);
  });

  it("names tables that were never analysed, and does not guess", async () => {
    await place.query(
      "auth",
      "CREATE TABLE fresh (id integer GENERATED ALWAYS AS IDENTITY); INSERT INTO fresh SELECT FROM generate_series(1, 500)",
    );
    const { stdout } = await place.run([
      "stats",
      "pull",
      "--format",
      "json",
      "--quiet",
      "--database",
      "auth",
    ]);
    const { findings } = JSON.parse(stdout);
    expect(findings).toMatchObject([{ code: "never-analysed", object: "public.fresh", severity: "warning" }]);
    const { relations } = (await pull()).databases["auth"] ?? {};
    expect(relations?.["public.fresh"]).toMatchObject({ rows: null });
    expect(relations?.["public.fresh"]?.columns).toBeUndefined();
    expect(relations?.["public.fresh_id_seq"]).toEqual({
      kind: "sequence",
      column: "public.fresh.id",
      lastValue: 500,
    });
    await place.query("auth", "DROP TABLE fresh");
  });

  it("never overwrites another file", async () => {
    const file = path.join(place.folder, "notes.json");
    writeFileSync(file, '{"mine": true}');
    const { exitCode, stderr } = await place.run(["stats", "pull", "--quiet", "--out", "notes.json"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("notes.json exists and is not a statistics file");
    expect(readFileSync(file, "utf8")).toBe('{"mine": true}');
  });
});

it("says that an embedded database does not exist", async () => {
  const place = await makePlace("embedded");
  const { exitCode, stderr } = await place.run(["stats", "pull", "--quiet"]);
  await place.dispose();
  expect(exitCode).toBe(2);
  expect(stderr).toContain("the embedded database auth does not exist yet");
});
