import { expectedAt, tablePhases } from "../../diff/expectation.ts";
import { deferredIndexes } from "../../document/deferred.ts";
import { locateObject } from "../../document/locate.ts";
import { type DocumentedSchema, emptyDocument } from "../../document/model.ts";
import type { OpenDatabase } from "../../project/open.ts";
import type { ShadowOptions } from "../../shadow/cache.ts";
import { comparable } from "../../shadow/comparable.ts";
import { withPrinter } from "../../shadow/printer.ts";
import { withLiveSources } from "../../sources/of-live.ts";
import {
  documentIfAny,
  documentSources,
  migrationSources,
  shadowOptions,
} from "../../sources/of-workspace.ts";
import type { Source } from "../../sources/source.ts";
import { checkClaims } from "../document.ts";
import { indexAdvice } from "../index-advice.ts";
import { readIndexUsage } from "../index-usage.ts";
import { type JudgedIndex, judgeIndexes } from "../indexes.ts";
import { measureRecall, type Recall, recallFindings } from "../recall.ts";
import type { Check } from "./check.ts";
import { documentedSchemas } from "./document.ts";

interface JudgedDatabase {
  readonly key: string;
  readonly judged: readonly JudgedIndex[];
  /** Empty unless requested: each needs full scans of its table. */
  readonly recalls: readonly Recall[];
  readonly advice: Awaited<ReturnType<typeof indexAdvice>>;
}

async function judge(
  document: DocumentedSchema,
  expectedSource: Source,
  actualSource: Source,
  open: OpenDatabase,
  phase: number | undefined,
  recall: boolean,
  shadow: ShadowOptions,
): Promise<JudgedDatabase> {
  const { key, name, session } = open;
  const at = phase ?? actualSource.reached?.complete ?? 0;
  const live = actualSource.at(at);
  const wanted = expectedAt(expectedSource, at, live, tablePhases(document, name), actualSource.reached);
  const { expected, actual, derived } = await withPrinter(shadow, (printer) =>
    comparable(wanted, live, printer),
  );
  const usage = await readIndexUsage(session);
  const judged = judgeIndexes({
    database: key,
    expected,
    actual,
    derived,
    deferred: deferredIndexes(document),
    locate: (object) => locateObject(document, name, object),
    isBuilding: (index) => usage.get(index)?.building === true,
  });
  const recalls = recall ? await measureRecall(session, live) : [];
  return {
    key,
    judged,
    recalls,
    advice: [...indexAdvice(key, live, usage), ...recallFindings(key, recalls)],
  };
}

function recallLine({ index, recall, sample }: Recall): string {
  return recall === null
    ? `recall: ${index} has no rows`
    : `recall: ${index} finds ${(recall * 100).toFixed(1)} % of the nearest neighbours of ${sample} rows`;
}

function count(judged: readonly JudgedIndex[], origin: JudgedIndex["origin"]): number {
  return judged.filter((index) => index.origin === origin).length;
}

/** `socrates-db verify indexes`: each documented index, each count in the document, and advice. */
export const checkIndexes: Check = async (workspace, { phase, recall }) => {
  const shadow = shadowOptions(workspace);
  const own = await documentIfAny(workspace);
  const document = own ?? emptyDocument;
  const [expectedSources, schemas] = await Promise.all([
    own === undefined ? migrationSources(workspace, shadow) : documentSources(workspace, own, shadow),
    documentedSchemas(document, shadow),
  ]);
  const results = await withLiveSources(
    workspace.project.databases,
    { phaseGiven: phase !== undefined },
    (sources, open) =>
      Promise.all(
        open.map(async (database) => {
          const [expected, actual] = [expectedSources.get(database.key), sources.get(database.key)];
          if (expected === undefined || actual === undefined) throw new Error(`${database.key} was not read`);
          return judge(document, expected, actual, database, phase, recall, shadow);
        }),
      ),
  );
  const judged = results.flatMap((result) => result.judged);
  const recalls = results.flatMap((result) => result.recalls);
  const counted = judged.filter(({ origin }) => origin !== "primaryKey");
  const present = counted.filter(({ state }) => state === "present").length;
  const byOrigin = {
    createIndex: count(judged, "createIndex"),
    unique: count(judged, "unique"),
    vector: count(judged, "vector"),
  };
  const primaryKeys = count(judged, "primaryKey");
  const claims = checkClaims(document, schemas).map(({ claim, counted: number }) => ({
    text: claim.text,
    claimed: claim.claimed,
    counted: number,
    line: claim.location.line,
  }));
  return {
    findings: results.flatMap((result) => [
      ...result.judged.flatMap(({ finding }) => finding ?? []),
      ...result.advice,
    ]),
    summary: [
      `indexes: ${present} of ${counted.length} ${own === undefined ? "present and as in the migrations" : "documented indexes present and as documented"} (${byOrigin.createIndex} CREATE INDEX + ${byOrigin.unique} UNIQUE + ${byOrigin.vector} vector), besides ${primaryKeys} primary keys`,
      ...recalls.map(recallLine),
    ],
    passed: results.flatMap((result) =>
      result.judged
        .filter(({ state, finding }) => state === "present" && finding === undefined)
        .map(({ object }) => ({ database: result.key, name: `${object.kind} ${object.name}` })),
    ),
    details: {
      indexes: { documented: counted.length, present, byOrigin, primaryKeys, claims },
      ...(recalls.length > 0 && { recall: recalls }),
    },
  };
};
