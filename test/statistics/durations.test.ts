import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStatisticsFile } from "../../src/statistics/file.ts";
import type { DatabaseStatistics } from "../../src/statistics/model.ts";
import { engines, makePlace, type Place } from "../support/place.ts";

const migrations: Readonly<Record<string, string>> = {
  "001_base":
    "CREATE TABLE jar (id integer PRIMARY KEY, size integer NOT NULL); CREATE TABLE pot (id integer);",
  "002_wide": "ALTER TABLE jar ALTER COLUMN size TYPE bigint;",
  "003_rows": "UPDATE jar SET size = 5; CREATE INDEX jar_size ON jar (size);",
  "004_quick": "ALTER TABLE pot ADD COLUMN size integer;",
};

const downs: Readonly<Record<string, string>> = {
  "002_wide": "ALTER TABLE jar ALTER COLUMN size TYPE integer;",
  "003_rows": "DROP INDEX jar_size;",
};

describe.each(engines)("durations in a statistics file (%s)", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine, {
      databases: [{ key: "app", name: "app", urlVariable: "DATABASE_URL_APP" }],
    });
    mkdirSync(path.join(place.folder, "m"));
    for (const [name, sql] of Object.entries(migrations)) {
      writeFileSync(path.join(place.folder, `m/${name}.sql`), `-- socrates-db: phase 0\n${sql}\n`);
      const down = downs[name] ?? "SELECT 1;";
      writeFileSync(path.join(place.folder, `m/${name}.down.sql`), `${down}\n`);
    }
    writeFileSync(
      path.join(place.folder, "socrates-db.config.json"),
      JSON.stringify({ databases: { app: { migrations: "m" } } }),
    );
    await run("migrate", "--to", "1");
    await place.query("app", "INSERT INTO jar SELECT i, i FROM generate_series(1, 20000) i; ANALYZE");
  });
  afterAll(() => place.dispose());

  async function run(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await place.run([...args, "--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  }

  async function pull(): Promise<DatabaseStatistics | undefined> {
    await run("stats", "pull");
    return readStatisticsFile(path.join(place.folder, "socrates-db.stats.json")).databases["app"];
  }

  it("has none of migrations before the first file, as their sizes are not known", async () => {
    expect((await pull())?.durations).toBeUndefined();
  });

  it("has those that were applied since, where the sizes before tell their work", async () => {
    await run("migrate");
    const durations = (await pull())?.durations ?? [];
    const [{ ms } = { ms: -1 }] = await place.query<{ ms: number }>(
      "app",
      "SELECT duration_ms AS ms FROM socrates_db.migrations WHERE number = 2",
    );
    await place.query("app", "VACUUM FULL jar");
    const [{ bytes } = { bytes: 0 }] = await place.query<{ bytes: number }>(
      "app",
      "SELECT pg_relation_size('jar')::int AS bytes",
    );
    expect(durations.map(({ number, durationMs }) => ({ number, durationMs }))).toEqual([
      { number: 2, durationMs: ms },
    ]);
    const { "bytes of tables": written = 0, ...others } = durations[0]?.work ?? {};
    expect(others).toEqual({ "btree entries": 20_000 });
    expect(written / bytes).toBeCloseTo(1, 1);
  });

  it("keeps them while they are applied", async () => {
    expect((await pull())?.durations).toHaveLength(1);
    await run("rollback", "--to", "1", "--allow-data-loss");
    expect((await pull())?.durations).toBeUndefined();
  });
});
