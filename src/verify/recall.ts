import type { Session } from "../database/session.ts";
import type { Finding } from "../diff/finding.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { identifier } from "../sql/quote.ts";
import { originOf } from "./index-counts.ts";

/** Distance operators of pgvector's operator classes (pgvector, "Querying"). */
const operators: Readonly<Record<string, string>> = {
  vector_cosine_ops: "<=>",
  vector_l2_ops: "<->",
  vector_ip_ops: "<#>",
  vector_l1_ops: "<+>",
};

/** Rows whose neighbours are looked for, and how many of these. */
const sampleSize = 20;
const neighbours = 10;
/** Below this share of the true neighbours, a search misses what people expect it to find. */
const enough = 0.9;

/** How well an index finds what a full scan finds. */
export interface Recall {
  readonly index: string;
  /** Share of the true nearest neighbours that the index found, from 0 to 1; null where the table has no rows. */
  readonly recall: number | null;
  /** How many rows were looked up. */
  readonly sample: number;
}

interface Neighbours {
  readonly row: string;
  readonly found: string;
}

function operatorOf(index: SchemaObject): string | undefined {
  const parts = partsOfName(String(index.attributes["operatorClasses"] ?? ""));
  const operator = operators[parts.at(-1) ?? ""];
  // The operator lives in the schema of its class, wherever the extension was put.
  return operator === undefined
    ? undefined
    : `OPERATOR(${parts.slice(0, -1).map(identifier).join(".") || "public"}.${operator})`;
}

/** For each row of a sample, its nearest neighbours as the planner's settings lead to them. */
function neighboursSql(index: SchemaObject, operator: string, setting: string): string {
  const [schema = "", table = ""] = partsOfName(index.name);
  const name = `${identifier(schema)}.${identifier(table)}`;
  const column = identifier(partsOfName(String(index.attributes["columns"]))[0] ?? "");
  return `BEGIN READ ONLY; SET LOCAL search_path = public, pg_temp; SET LOCAL statement_timeout = '60s'; SET LOCAL ${setting} = off;
SELECT s.id AS "row", (SELECT string_agg(n.id, ' ') FROM (SELECT t.ctid::text AS id FROM ${name} t ORDER BY t.${column} ${operator} s.v LIMIT ${neighbours}) n) AS found
FROM (SELECT ctid::text AS id, ${column} AS v FROM ${name} WHERE ${column} IS NOT NULL ORDER BY md5(ctid::text) LIMIT ${sampleSize}) s ORDER BY 1`;
}

async function neighboursOf(session: Session, sql: string): Promise<readonly Neighbours[]> {
  try {
    return await session.run<Neighbours>(sql);
  } finally {
    await session.run("ROLLBACK");
  }
}

async function measure(session: Session, index: SchemaObject, operator: string): Promise<Recall> {
  const exact = await neighboursOf(session, neighboursSql(index, operator, "enable_indexscan"));
  const approximate = await neighboursOf(session, neighboursSql(index, operator, "enable_seqscan"));
  const found = new Map(approximate.map(({ row, found: ids }) => [row, new Set(ids.split(" "))]));
  const shares = exact.map(({ row, found: ids }) => {
    const wanted = ids.split(" ");
    return wanted.filter((id) => found.get(row)?.has(id)).length / wanted.length;
  });
  const recall = shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return { index: index.name, recall, sample: shares.length };
}

/**
 * Measures on a sample how many of the true nearest neighbours each vector index of a database finds, with the settings of
 * the session, `ivfflat.probes` among them.
 */
export async function measureRecall(session: Session, schema: Schema): Promise<Recall[]> {
  const results: Recall[] = [];
  for (const object of schema.objects.values()) {
    const operator = originOf(object) === "vector" ? operatorOf(object) : undefined;
    if (operator !== undefined) results.push(await measure(session, object, operator));
  }
  return results;
}

/** Advice for the indexes that miss too much. */
export function recallFindings(database: string, recalls: readonly Recall[]): Finding[] {
  return recalls.flatMap(({ index, recall, sample }) => {
    if (recall === null || recall >= enough) return [];
    return [
      {
        code: "poor-recall",
        severity: "advice",
        database,
        kind: "index",
        object: index,
        actual: Math.round(recall * 1000) / 1000,
        message: `index ${index} finds ${Math.round(recall * 100)} % of the nearest neighbours of ${sample} rows`,
        hint: "Run REINDEX INDEX CONCURRENTLY, as its lists come from the rows at its build, or raise ivfflat.probes.",
      },
    ];
  });
}
