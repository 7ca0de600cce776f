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

/** The size of the sample, and the number of neighbours for each row. */
const sampleSize = 20;
const neighbours = 10;
/** Below this share of the true neighbours, a search misses expected results. */
const enough = 0.9;

/** The recall of an index, compared with a full scan. */
export interface Recall {
  readonly index: string;
  /** Share of the true nearest neighbours that the index found, from 0 to 1; null for an empty table. */
  readonly recall: number | null;
  /** The number of rows in the sample. */
  readonly sample: number;
}

interface Neighbours {
  readonly row: string;
  readonly found: string;
}

function operatorOf(index: SchemaObject): string | undefined {
  const parts = partsOfName(String(index.attributes["operatorClasses"] ?? ""));
  const operator = operators[parts.at(-1) ?? ""];
  // The operator is in the schema of its class, wherever the extension was created.
  return operator === undefined
    ? undefined
    : `OPERATOR(${parts.slice(0, -1).map(identifier).join(".") || "public"}.${operator})`;
}

/** For each row of a sample, its nearest neighbours under the planner's settings. */
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
 * Measures on a sample how many of the true nearest neighbours each vector index finds, with the settings of the
 * session, such as `ivfflat.probes`.
 */
export async function measureRecall(session: Session, schema: Schema): Promise<Recall[]> {
  const results: Recall[] = [];
  for (const object of schema.objects.values()) {
    const operator = originOf(object) === "vector" ? operatorOf(object) : undefined;
    if (operator !== undefined) results.push(await measure(session, object, operator));
  }
  return results;
}

/** Advice for indexes with poor recall. */
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
