import { isServerError } from "../../database/server-error.ts";
import type { Shadow } from "../../shadow/shadow.ts";
import type { Statement } from "../../sql/statements.ts";
import type { DatabaseStatistics } from "../../statistics/model.ts";
import type { CatalogFacts } from "../catalog-facts.ts";
import { StatisticsOf } from "./columns.ts";
import { restoreSql } from "./restored.ts";

/** How a statement reads its tables, by the plan for the target's figures. */
export interface PlannedReads {
  /** Oids of the tables that it reads in full, once for each time. */
  readonly inFull: readonly number[];
  /** Oids of all tables in the plan. */
  readonly tables: ReadonlySet<number>;
  /** Why the rows that it reads cannot be told, if they cannot. */
  readonly unknown?: string;
}

interface Node {
  readonly "Node Type": string;
  readonly "Parent Relationship"?: string;
  readonly Schema?: string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Node[];
}

interface Row {
  readonly "QUERY PLAN": readonly { readonly Plan?: Node }[];
}

/** Statements that EXPLAIN accepts (manual, "EXPLAIN"). */
const explained: ReadonlySet<string> = new Set(
  "SELECT INSERT UPDATE DELETE MERGE WITH VALUES TABLE".split(" "),
);

/** Nodes below which a table may be read in part only, or several times. */
function limitOf(node: Node, child: Node): string | undefined {
  if (node["Node Type"] === "Limit") return "it stops at its LIMIT";
  const isInner = node["Node Type"] === "Nested Loop" && child["Parent Relationship"] === "Inner";
  if (child["Parent Relationship"] === "SubPlan" || (isInner && child["Node Type"] !== "Materialize"))
    return "it reads a table once for each row of another one";
  return undefined;
}

/** Reads a plan. @param oids of relations by schema and name @param limit why a table is not read once and in full */
function readsIn(node: Node, oids: ReadonlyMap<string, number>, limit?: string): PlannedReads {
  const { "Node Type": type, Schema: schema = "", "Relation Name": name } = node;
  const table = name === undefined ? undefined : oids.get(JSON.stringify([schema, name]));
  const isInFull =
    type === "Seq Scan" || (/^Index (?:Only )?Scan/.test(type) && node["Index Cond"] === undefined);
  const isRead = table !== undefined && isInFull;
  const below = (node.Plans ?? []).map((child) => readsIn(child, oids, limit ?? limitOf(node, child)));
  const unknown = isRead ? limit : undefined;
  return joined([
    {
      inFull: isRead ? [table] : [],
      tables: new Set(table === undefined ? [] : [table]),
      ...(unknown !== undefined && { unknown }),
    },
    ...below,
  ]);
}

function joined(all: readonly PlannedReads[]): PlannedReads {
  const unknown = all.flatMap((reads) => reads.unknown ?? [])[0];
  return {
    inFull: all.flatMap(({ inFull }) => inFull),
    tables: new Set(all.flatMap(({ tables }) => [...tables])),
    ...(unknown !== undefined && { unknown }),
  };
}

/** The figures of a target, with which the statements of a rehearsal are planned in its shadow. */
export class TargetFigures {
  private readonly statistics: StatisticsOf;

  /** @param base the catalogs of the shadow at the place in the chain where the statistics were taken */
  constructor(statistics: Pick<DatabaseStatistics, "relations">, base: CatalogFacts) {
    this.statistics = new StatisticsOf(statistics, base);
  }

  /**
   * SQL that gives them to the planner, until its transaction or savepoint is rolled back.
   * @param facts the catalogs of the shadow now @param only the tables whose figures are needed; all by default
   */
  sql(facts: CatalogFacts, only?: ReadonlySet<number>): string {
    return restoreSql(this.statistics, facts, only);
  }

  /**
   * How a statement that has run reads its tables; undefined for a statement without a plan. The open transaction stays as
   * it is.
   * @param facts the catalogs after the statement
   */
  async reads(
    { runAsIs }: Shadow,
    statement: Statement,
    facts: CatalogFacts,
  ): Promise<PlannedReads | undefined> {
    if (!explained.has(statement.words[0] ?? "")) return undefined;
    const oids = new Map([...facts.relations].map(([oid, { path }]) => [JSON.stringify(path), oid]));
    const plan = async (): Promise<PlannedReads> => {
      const [row] = await runAsIs<Row>(`EXPLAIN (VERBOSE, FORMAT JSON) ${statement.text}`);
      return joined(
        (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan: root }) =>
          root === undefined ? [] : [readsIn(root, oids)],
        ),
      );
    };
    await runAsIs("SAVEPOINT socrates_db_plan");
    try {
      const { tables } = await plan();
      await runAsIs(this.sql(facts, tables));
      return await plan();
    } catch (error) {
      if (!isServerError(error)) throw error;
      return {
        inFull: [],
        tables: new Set(),
        unknown: `it cannot be planned after it ran: ${error.message}`,
      };
    } finally {
      await runAsIs("ROLLBACK TO SAVEPOINT socrates_db_plan; RELEASE SAVEPOINT socrates_db_plan");
    }
  }
}
