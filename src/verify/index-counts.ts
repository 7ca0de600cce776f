import type { Schema, SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";

/** The number of indexes of a schema by origin. Primary keys are counted separately. */
export interface IndexCounts {
  readonly createIndex: number;
  readonly unique: number;
  readonly vector: number;
  readonly primaryKeys: number;
  /** Without primary keys, by table. */
  readonly byTable: ReadonlyMap<string, number>;
}

/** Access methods of pgvector. */
const vectorMethods: ReadonlySet<unknown> = new Set(["ivfflat", "hnsw"]);

/** The origin of an index; undefined for objects without an index. */
export function originOf({
  kind,
  attributes,
}: SchemaObject): "createIndex" | "unique" | "vector" | "primaryKey" | undefined {
  if (kind === "index") return vectorMethods.has(attributes["method"]) ? "vector" : "createIndex";
  if (kind !== "constraint") return undefined;
  if (attributes["type"] === "primary key") return "primaryKey";
  return attributes["type"] === "unique" || attributes["type"] === "exclusion" ? "unique" : undefined;
}

/** Counts the indexes of a schema. */
export function countIndexes(schema: Schema): IndexCounts {
  const counts = { createIndex: 0, unique: 0, vector: 0, primaryKey: 0 };
  const byTable = new Map<string, number>();
  for (const object of schema.objects.values()) {
    const origin = originOf(object);
    if (origin === undefined) continue;
    counts[origin]++;
    const table = parentOf(object.name);
    if (origin !== "primaryKey") byTable.set(table, (byTable.get(table) ?? 0) + 1);
  }
  const { primaryKey: primaryKeys, ...others } = counts;
  return { ...others, primaryKeys, byTable };
}
