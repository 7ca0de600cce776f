import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as z from "zod/mini";
import { SocratesError } from "../errors.ts";
import { displayPath } from "../sql/source-file.ts";
import {
  type DatabaseStatistics,
  type RelationStatistics,
  type Statistics,
  statisticsKind,
  statisticsVersion,
} from "./model.ts";

/** The largest file, in bytes: it can be committed. */
export const largestFile = 1_000_000;

const count = z.number().check(z.nonnegative());

const columnSchema = z.strictObject({
  width: count,
  nulls: z.number().check(z.minimum(0), z.maximum(1)),
  distinct: z.number(),
  correlation: z.nullable(z.number()),
});

const relationSchema = z.strictObject({
  kind: z.enum(["table", "partitioned table", "materialized view", "index", "sequence"]),
  table: z.optional(z.string()),
  column: z.optional(z.string()),
  lastValue: z.optional(z.nullable(z.number())),
  rows: z.optional(z.nullable(count)),
  pages: z.optional(count),
  bytes: z.optional(count),
  toastBytes: z.optional(count),
  columns: z.optional(z.record(z.string(), columnSchema)),
});

const databaseSchema = z.strictObject({
  name: z.string(),
  head: z.nullable(z.int()),
  phase: z.nullable(z.int()),
  server: z.int(),
  blockSize: z.int().check(z.positive()),
  maintenanceMemory: count,
  takenAt: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)),
  withoutColumns: z.optional(z.array(z.string())),
  durations: z.optional(
    z.array(z.strictObject({ number: z.int(), durationMs: count, work: z.record(z.string(), count) })),
  ),
  relations: z.record(z.string(), relationSchema),
});

const statisticsSchema = z.strictObject({
  kind: z.literal(statisticsKind),
  schemaVersion: z.literal(statisticsVersion),
  databases: z.record(z.string(), databaseSchema),
});

/** A line for each relation, so that a change of one is a change of one line. */
function statisticsText({ kind, schemaVersion, databases }: Statistics): string {
  const lists = Object.entries(databases).map(([key, { relations, ...database }]) => {
    const lines = Object.entries(relations).map(
      ([name, relation]) => `        ${JSON.stringify(name)}: ${JSON.stringify(relation)}`,
    );
    const head = JSON.stringify(database, null, 2).slice(0, -2).replaceAll("\n", "\n    ");
    return `    ${JSON.stringify(key)}: ${head},\n      "relations": {\n${lines.join(",\n")}\n      }\n    }`;
  });
  return `{\n  "kind": ${JSON.stringify(kind)},\n  "schemaVersion": ${schemaVersion},\n  "databases": {\n${lists.join(",\n")}\n  }\n}\n`;
}

function withoutColumns(database: DatabaseStatistics, left: ReadonlySet<string>): DatabaseStatistics {
  const relations = Object.entries(database.relations).map(
    ([name, relation]): [string, RelationStatistics] => {
      const { columns: _, ...rest } = relation;
      return [name, left.has(name) ? rest : relation];
    },
  );
  const names = [...left].sort();
  return {
    ...database,
    ...(names.length > 0 && { withoutColumns: names }),
    relations: Object.fromEntries(relations),
  };
}

/**
 * The text of a statistics file. Where it would be too large, the columns of the smallest relations are left out, and
 * each database names these.
 * @throws SocratesError `output-failed` if it is too large even without columns
 */
export function fittingText(statistics: Statistics, limit: number = largestFile): string {
  const whole = statisticsText(statistics);
  let excess = Buffer.byteLength(whole) - limit;
  if (excess <= 0) return whole;
  const candidates = Object.entries(statistics.databases)
    .flatMap(([key, { relations }]) =>
      Object.entries(relations).flatMap(([name, { columns, bytes = 0 }]) =>
        columns === undefined ? [] : [{ key, name, columns, bytes }],
      ),
    )
    .sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
  const left = new Map<string, Set<string>>();
  for (const { key, name, columns } of candidates) {
    if (excess <= 0) break;
    left.set(key, (left.get(key) ?? new Set()).add(name));
    // The name is then in the list of these relations: twelve more characters are its quotes and indentation.
    excess -= Buffer.byteLength(JSON.stringify(columns)) - Buffer.byteLength(name) - 12;
  }
  const databases = Object.entries(statistics.databases).map(
    ([key, database]) => [key, withoutColumns(database, left.get(key) ?? new Set())] as const,
  );
  const text = statisticsText({ ...statistics, databases: Object.fromEntries(databases) });
  const size = Buffer.byteLength(text);
  if (size <= limit) return text;
  throw new SocratesError(
    "output-failed",
    `the statistics need ${size} bytes without those of columns, more than ${limit}`,
    { hint: "Write a file for each database: --database KEY --out FILE." },
  );
}

function invalid(file: string, problem: string, hint: string): SocratesError {
  return new SocratesError("statistics-invalid", `${displayPath(file)} ${problem}`, { hint });
}

const pullHint = "Write it again with: socrates-db stats pull";

function isStatistics(json: unknown): json is { readonly schemaVersion?: unknown } {
  return typeof json === "object" && json !== null && "kind" in json && json.kind === statisticsKind;
}

/**
 * Reads a statistics file.
 * @throws SocratesError `statistics-invalid` for another file, another version of the format, and what its schema
 * refuses
 */
export function readStatisticsFile(file: string): Statistics {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new SocratesError(
      "statistics-invalid",
      `${displayPath(file)} ${reason === "ENOENT" ? "does not exist" : `cannot be read (${reason})`}`,
      { hint: `${pullHint} --out FILE`, cause },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(file, "is not JSON", pullHint);
  }
  if (!isStatistics(json)) throw invalid(file, "is not a statistics file", pullHint);
  if (json.schemaVersion !== statisticsVersion)
    throw invalid(
      file,
      `has version ${JSON.stringify(json.schemaVersion)} of the format, expected ${statisticsVersion}`,
      pullHint,
    );
  const result = statisticsSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(file, `is invalid at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`, pullHint);
}

/**
 * Reads the statistics file that is about to be replaced; undefined if there is none, or one of another version.
 * @throws SocratesError `output-failed` for a file that is not a statistics file
 */
export function replacedStatistics(file: string): Statistics | undefined {
  if (!existsSync(file)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    json = undefined;
  }
  if (!isStatistics(json))
    throw new SocratesError("output-failed", `${displayPath(file)} exists and is not a statistics file`, {
      hint: "Choose another file: --out FILE.",
    });
  const result = statisticsSchema.safeParse(json);
  return result.success ? result.data : undefined;
}

/** Writes a statistics file whole or not at all. @throws SocratesError `output-failed` */
export function writeStatisticsFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text, { flag: "wx" });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new SocratesError("output-failed", `${displayPath(file)} cannot be written`, {
      hint: "Check that its folder exists and can be written.",
      cause,
    });
  }
}
