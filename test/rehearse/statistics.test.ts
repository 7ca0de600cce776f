import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SocratesError } from "../../src/errors.ts";
import { open } from "../../src/index.ts";
import { fittingText } from "../../src/statistics/file.ts";
import {
  type ColumnStatistics,
  type DatabaseStatistics,
  type RelationStatistics,
  statisticsKind,
} from "../../src/statistics/model.ts";
import { runCli } from "../support/cli.ts";
import { isRehearsal, type Rehearsal, writeMigration } from "./project.ts";

const base =
  "CREATE TABLE jar (id integer GENERATED ALWAYS AS IDENTITY, name text, size integer, late text); CREATE TABLE pot (id smallserial); CREATE TABLE lid (id integer);";

function column(width: number, nulls: number = 0, distinct: number = -1): ColumnStatistics {
  return { width, nulls, distinct, correlation: 1 };
}

const jar: RelationStatistics = {
  kind: "table",
  rows: 1_000_000,
  pages: 10_000,
  bytes: 81_920_000,
  columns: { id: column(4), name: column(20), size: column(4, 0, 10) },
};

function statisticsOf(
  relations: Readonly<Record<string, RelationStatistics>>,
  other: Partial<DatabaseStatistics> = {},
): string {
  const app: DatabaseStatistics = {
    name: "app",
    head: 1,
    phase: 0,
    server: 150_018,
    blockSize: 8192,
    maintenanceMemory: 67_108_864,
    takenAt: "2026-01-02T03:04:05Z",
    relations,
    ...other,
  };
  return fittingText({ kind: statisticsKind, schemaVersion: 1, databases: { app } });
}

/** Rehearses a migration with the text of a statistics file. */
async function rehearse(migration: string, statistics: string): Promise<Rehearsal> {
  const folder = writeMigration({ base, migration });
  writeFileSync(path.join(folder, "sizes.json"), statistics);
  const project = await open({ cwd: folder, env: {} });
  try {
    const result = await project.rehearse({ since: 1, stats: "sizes.json" });
    if (!isRehearsal(result)) throw new Error("the result is not a rehearsal");
    return result;
  } finally {
    await project.close();
    rmSync(folder, { recursive: true });
  }
}

describe("a statistics file that does not fit", () => {
  it.each<[what: string, statistics: string, message: string, hint: string]>([
    [
      "another database",
      statisticsOf({}, { name: "shop" }),
      "has app as the database shop, expected app",
      "stats pull",
    ],
    [
      "another place in the chain",
      statisticsOf({}, { head: 7, phase: 3 }),
      "has app after migration 007 (phase 3), expected after migration 001 (phase 0)",
      "--since 7",
    ],
    [
      "no migration",
      statisticsOf({}, { head: null, phase: null }),
      "has app after no migration, expected after migration 001 (phase 0)",
      "stats pull",
    ],
    [
      "other databases only",
      statisticsOf({}).replace('"app"', '"shop"'),
      "has no statistics of app, only of shop",
      "stats pull --database app",
    ],
    [
      "another version of the format",
      statisticsOf({}).replace('"schemaVersion": 1', '"schemaVersion": 9'),
      "has version 9 of the format, expected 1",
      "stats pull",
    ],
  ])("%s", async (_, statistics, message, hint) => {
    const error = await rehearse("SELECT 1;", statistics).catch((reason: unknown) => reason);
    if (!(error instanceof SocratesError)) throw error;
    expect(error.code).toBe("statistics-invalid");
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

describe("what is unknown", () => {
  it.each<[sql: string, relation: RelationStatistics, key: "bytes" | "rows", reason: string]>([
    [
      "ALTER TABLE jar ALTER COLUMN size TYPE bigint",
      { ...jar, rows: null },
      "bytes",
      "public.jar was never analysed",
    ],
    [
      "ALTER TABLE jar ALTER COLUMN size TYPE bigint",
      { ...jar, rows: null },
      "rows",
      "public.jar was never analysed",
    ],
    [
      "ALTER TABLE jar ALTER COLUMN size TYPE text",
      jar,
      "bytes",
      "the new type of the column size may have another width",
    ],
    [
      "ALTER TABLE jar ADD COLUMN code text DEFAULT gen_random_uuid()::text",
      jar,
      "bytes",
      "the statistics do not have the width of the column code",
    ],
    [
      "CREATE INDEX i ON jar (id) WHERE size > 5",
      jar,
      "bytes",
      "how many rows the partial index public.i has depends on the values",
    ],
    [
      "CREATE INDEX i ON jar USING gin (string_to_array(name, ','))",
      jar,
      "bytes",
      "an index of the method gin, depends on the values",
    ],
    [
      "CREATE INDEX i ON jar (lower(name))",
      jar,
      "bytes",
      "the width of an expression of the index depends on the values",
    ],
    ["UPDATE jar SET size = 1", jar, "bytes", "how many rows it changes depends on their values"],
    [
      "DO $$ BEGIN DELETE FROM jar; END $$",
      jar,
      "rows",
      "how it reads its tables depends on the plan of the target",
    ],
    ["ALTER TABLE lid ALTER COLUMN id TYPE bigint", jar, "bytes", "the statistics do not have public.lid"],
  ])("%s", async (sql, relation, key, reason) => {
    const { statements } = await rehearse(`${sql};`, statisticsOf({ "public.jar": relation }));
    const [statement] = statements;
    expect(statement?.[key]).toBeUndefined();
    expect(statement?.unknown?.[key]).toContain(reason);
  });
});

describe("sizes while a file runs", () => {
  it("follows what earlier statements have changed", async () => {
    const { statements } = await rehearse(
      [
        "ALTER TABLE jar ALTER COLUMN id TYPE bigint;",
        "ALTER TABLE jar RENAME COLUMN size TO amount;",
        "ALTER TABLE jar RENAME TO jug;",
        "CREATE INDEX ON jug (amount);",
        "TRUNCATE jug;",
        "CREATE UNIQUE INDEX ON jug (id);",
      ].join("\n"),
      statisticsOf({ "public.jar": jar }),
    );
    const [wide, renamed, again, built, emptied, empty] = statements;
    expect(wide).toMatchObject({ rows: 1_000_000 });
    // The file that the type change replaces stays until the commit.
    expect(wide?.temporaryBytes).toBe(81_920_000);
    for (const quick of [renamed, again])
      expect(quick).toMatchObject({ bytes: 0, rows: 0, temporaryBytes: 0 });
    expect(built).toMatchObject({ rows: 1_000_000 });
    expect(built?.bytes).toBeGreaterThan(0);
    // Files that the same transaction has written are cut off at once.
    expect(emptied).toMatchObject({ bytes: 0, temporaryBytes: 0 });
    expect(empty).toMatchObject({ bytes: 8192, rows: 0 });
  });

  it("are in the text of the report", async () => {
    const folder = writeMigration({ base, migration: "ALTER TABLE jar ALTER COLUMN id TYPE bigint;" });
    writeFileSync(path.join(folder, "sizes.json"), statisticsOf({ "public.jar": jar }));
    const args = ["rehearse", "--since", "1", "--stats", "sizes.json", "--quiet"];
    const { stdout } = await runCli(args, { cwd: folder, env: {} });
    rmSync(folder, { recursive: true });
    expect(stdout).toContain("sizes: of sizes.json, taken at 2026-01-02T03:04:05Z");
    expect(stdout).toMatch(/writes \d+(\.\d+)? MB; needs 78\.1 MB until the commit; reads 1000000 rows/);
  });
});

describe("seconds", () => {
  const wide = "ALTER TABLE jar ALTER COLUMN id TYPE bigint;";
  const wideAndUnique = "ALTER TABLE jar ALTER COLUMN id TYPE bigint, ADD UNIQUE (id);";
  const check = "ALTER TABLE jar ADD CHECK (size > 0);";
  const known = (durationMs: number, work: Readonly<Record<string, number>>) => ({
    number: 1,
    durationMs,
    work,
  });
  const tables = (durationMs: number) => known(durationMs, { "bytes of tables": 50_000_000 });
  const checks = (durationMs: number) => known(durationMs, { "rows checked": 500_000 });
  const [fast, slow] = [tables(1000), tables(4000)];

  async function first(sql: string, durations: DatabaseStatistics["durations"]) {
    const { statements } = await rehearse(sql, statisticsOf({ "public.jar": jar }, { durations }));
    return statements[0];
  }

  it("are between the slowest and the fastest migration with the same kinds of work", async () => {
    const durations = [fast, slow, known(10, fast.work), checks(5000)];
    const { bytes = 0, seconds } = (await first(wide, durations)) ?? {};
    expect(seconds?.low).toBeCloseTo(bytes / 50_000_000, 1);
    expect((seconds?.high ?? 0) / (seconds?.low ?? 1)).toBeCloseTo(4, 0);
  });
  it("add up the kinds of work, and take a kind's speed from migrations that did others also", async () => {
    const built = known(1000, { "btree entries": 1_000_000 });
    const both = known(3000, { "btree entries": 1_000_000, "bytes of tables": 50_000_000 });
    const alone = (await first(wide, [tables(2000), tables(2000)]))?.seconds?.low ?? 0;
    expect((await first(wideAndUnique, [built, built, both, both]))?.seconds?.low).toBeCloseTo(alone + 1, 1);
  });
  it("follow the rows for a statement that only reads", async () => {
    expect((await first(check, [fast, slow, checks(1000), checks(2000)]))?.seconds).toEqual({
      low: 2,
      high: 4,
    });
  });
  it.each<[what: string, sql: string, durations: DatabaseStatistics["durations"], reason: string]>([
    ["none", wide, undefined, "0 tell the speed of bytes of tables; 2 are needed"],
    ["one", wide, [fast], "1 tell the speed of bytes of tables; 2 are needed"],
    ["a short one", wide, [fast, tables(99)], "1 tell the speed of bytes of tables; 2 are needed"],
    ["those of another kind", check, [fast, slow], "0 tell the speed of rows checked; 2 are needed"],
    ["none of one kind", wideAndUnique, [fast, slow], "0 tell the speed of btree entries; 2 are needed"],
    [
      "those that differ",
      check,
      [checks(1000), checks(5000)],
      "differ by more than 4 times in the speed of rows checked",
    ],
    ["no size", "ALTER TABLE lid ALTER COLUMN id TYPE bigint;", [fast, slow], "its size is not known"],
    ["a query", "SELECT count(*) FROM jar;", [fast, slow], "depends on its plan"],
  ])("are unknown with %s", async (_, sql, durations, reason) => {
    const { seconds, unknown } = (await first(sql, durations)) ?? {};
    expect(seconds).toBeUndefined();
    expect(unknown?.seconds).toContain(reason);
  });
  it("are not stated for a statement without work", async () => {
    const quick = await first("ALTER TABLE jar ADD COLUMN a integer;", [fast, slow]);
    expect([quick?.seconds, quick?.unknown]).toEqual([undefined, undefined]);
  });
});

describe("integer-key-exhausted", () => {
  function sequence(name: string, owner: string, lastValue: number | null) {
    return { [`public.${name}`]: { kind: "sequence" as const, column: `public.${owner}`, lastValue } };
  }
  const most = 2_147_483_647;
  const at = (part: number) => ({
    "public.jar": jar,
    ...sequence("jar_id_seq", "jar.id", Math.ceil(most * part)),
  });

  it.each<
    [
      what: string,
      sql: string,
      relations: Readonly<Record<string, RelationStatistics>>,
      objects: readonly string[],
    ]
  >([
    ["three quarters of an integer", "ALTER TABLE jar ADD COLUMN a int", at(0.75), ["public.jar.id"]],
    ["less", "ALTER TABLE jar ADD COLUMN a int", at(0.7499), []],
    ["another table", "ALTER TABLE pot ADD COLUMN a int", at(0.9), []],
    [
      "a smallint",
      "ALTER TABLE pot ADD COLUMN a int",
      sequence("pot_id_seq", "pot.id", 30_000),
      ["public.pot.id"],
    ],
    [
      "a sequence that counts down",
      "ALTER TABLE pot ADD COLUMN a int",
      sequence("pot_id_seq", "pot.id", -30_000),
      ["public.pot.id"],
    ],
    ["no number yet", "ALTER TABLE pot ADD COLUMN a int", sequence("pot_id_seq", "pot.id", null), []],
    ["the change to bigint", "ALTER TABLE jar ALTER COLUMN id TYPE bigint", at(0.9), []],
  ])("%s", async (_, sql, relations, objects) => {
    const { findings } = await rehearse(`${sql};`, statisticsOf(relations));
    const found = findings.filter(({ code }) => code === "integer-key-exhausted");
    expect(found.map(({ object }) => object)).toEqual(objects);
    for (const { severity, location } of found) expect([severity, location?.line]).toEqual(["warning", 2]);
  });
});
