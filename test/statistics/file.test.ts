import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SocratesError } from "../../src/errors.ts";
import { fittingText, readStatisticsFile, writeStatisticsFile } from "../../src/statistics/file.ts";
import {
  type DatabaseStatistics,
  type RelationStatistics,
  type Statistics,
  statisticsKind,
} from "../../src/statistics/model.ts";

const folder = mkdtempSync(path.join(tmpdir(), "statistics-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The typed error of a call. */
function refusal(work: () => unknown): SocratesError {
  try {
    work();
  } catch (error) {
    if (error instanceof SocratesError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const column = { width: 4, nulls: 0, distinct: -1, correlation: 1 };

function statisticsOf(relations: Readonly<Record<string, RelationStatistics>>): Statistics {
  const database: DatabaseStatistics = {
    name: "shop",
    head: 3,
    phase: 1,
    server: 150_018,
    blockSize: 8192,
    maintenanceMemory: 67_108_864,
    takenAt: "2026-01-02T03:04:05Z",
    relations,
  };
  return { kind: statisticsKind, schemaVersion: 1, databases: { app: database } };
}

/** Tables, the later the larger. */
function tables(count: number): Record<string, RelationStatistics> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `public.t${String(i).padStart(5, "0")}`,
      { kind: "table" as const, rows: i, pages: i, bytes: i * 8192, columns: { a: column, b: column } },
    ]),
  );
}

const whole = statisticsOf({
  ...tables(2),
  "public.i": { kind: "index", table: "public.t00001", rows: null, pages: 1, bytes: 8192 },
  "public.s": { kind: "sequence", column: "public.t00001.a", lastValue: null },
});

describe("the text of a statistics file", () => {
  it("is read as it was written", () => {
    const file = path.join(folder, "whole.json");
    writeStatisticsFile(file, fittingText(whole));
    expect(readStatisticsFile(file)).toEqual(whole);
  });
  it("has a line for each relation", () => {
    const lines = fittingText(whole).split("\n");
    for (const name of Object.keys(whole.databases["app"]?.relations ?? {}))
      expect(lines.filter((line) => line.includes(`"${name}": {`))).toHaveLength(1);
  });
  it("leaves out the columns of the smallest tables where it would be too large, and names them", () => {
    const limit = 20_000;
    const text = fittingText(statisticsOf(tables(120)), limit);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    const file = path.join(folder, "fitting.json");
    writeStatisticsFile(file, text);
    const { relations = {}, withoutColumns = [] } = readStatisticsFile(file).databases["app"] ?? {};
    expect(withoutColumns.length).toBeGreaterThan(0);
    expect(Object.keys(relations)).toHaveLength(120);
    const left = Object.keys(relations).slice(0, withoutColumns.length);
    expect(withoutColumns).toEqual(left);
    expect(relations["public.t00119"]?.columns).toEqual({ a: column, b: column });
  });
  it("is an error where it is too large without columns", () => {
    expect(refusal(() => fittingText(statisticsOf(tables(300)), 9000))).toMatchObject({
      code: "output-failed",
    });
  });
});

describe("a file that cannot be used", () => {
  it.each<[what: string, text: string, message: RegExp]>([
    ["text", "rows: 5", /is not JSON/],
    ["other JSON", '{"mine": true}', /is not a statistics file/],
    [
      "another version",
      fittingText(whole).replace('"schemaVersion": 1', '"schemaVersion": 2'),
      /has version 2 of the format, expected 1/,
    ],
    [
      "a text for a number",
      fittingText(whole).replace('"pages":1', '"pages":"1"'),
      /is invalid at .*\.pages/,
    ],
    ["an unknown key", fittingText(whole).replace('"pages":1', '"bounds":[],"pages":1'), /is invalid at/],
  ])("%s", (_, text, message) => {
    const file = path.join(folder, "wrong.json");
    writeFileSync(file, text);
    const { code, message: said, hint } = refusal(() => readStatisticsFile(file));
    expect(code).toBe("statistics-invalid");
    expect(said).toMatch(message);
    expect(hint).toContain("socrates-db stats pull");
  });
  it("a file that does not exist", () => {
    const error = refusal(() => readStatisticsFile(path.join(folder, "none.json")));
    expect(error).toMatchObject({
      code: "statistics-invalid",
      message: expect.stringContaining("does not exist"),
    });
  });
});
