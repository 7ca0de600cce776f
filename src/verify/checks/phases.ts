import { tablePhases } from "../../diff/expectation.ts";
import { uncoveredFindings } from "../../diff/uncovered.ts";
import { deferredIndexes } from "../../document/deferred.ts";
import { locateObject } from "../../document/locate.ts";
import { emptyDocument } from "../../document/model.ts";
import { checkChains } from "../../migrations/files.ts";
import { readDownFile } from "../../migrations/scripts.ts";
import { lastPhaseOf } from "../../project/workspace.ts";
import type { FindDerivedChanges } from "../../schema/derived-change.ts";
import { findDerivedChanges } from "../../shadow/derived-changes.ts";
import { withPrinter } from "../../shadow/printer.ts";
import { locateInFile } from "../../sources/locate-in-file.ts";
import { downSchemas } from "../../sources/of-downs.ts";
import { type ChainSchemas, chainSchemas } from "../../sources/of-migrations.ts";
import {
  documentIfAny,
  documentSources,
  migrationSources,
  shadowOptions,
} from "../../sources/of-workspace.ts";
import { locate as locateOffset, readSource } from "../../sql/source-file.ts";
import { chainDocumentFindings } from "../chain-document.ts";
import { undoFindings } from "../downs.ts";
import { additionFindings, type LocateInStep } from "../phases.ts";
import type { Check, CheckResult } from "./check.ts";

const locateStep: LocateInStep = ({ file }, object, attribute) =>
  locateInFile(file.source, object, attribute);

function upTo({ empty, steps }: ChainSchemas, phase: number): ChainSchemas {
  return { empty, steps: steps.filter(({ file }) => file.phase <= phase) };
}

/** `socrates-db verify phases`: needs no database. */
export const checkPhases: Check = async (workspace, { phase }) => {
  const { project } = workspace;
  checkChains(project.chains);
  const own = await documentIfAny(workspace);
  const document = own ?? emptyDocument;
  const shadow = shadowOptions(workspace);
  const sources =
    own === undefined
      ? await migrationSources(workspace, shadow)
      : await documentSources(workspace, own, shadow);
  // One printer for all databases, whose requests take turns.
  const results = await withPrinter(shadow, async (printer) => {
    const findDerived: FindDerivedChanges = (expected, actual) =>
      findDerivedChanges(expected, actual, printer);
    return Promise.all(
      project.databases.map(async ({ key, name, chain: files }): Promise<CheckResult> => {
        const whole = await chainSchemas(files, shadow);
        const downs = await downSchemas(whole, shadow);
        const source = sources.get(key);
        if (source === undefined) throw new Error(`${key} is not documented`);
        const lastPhase = phase ?? Math.max(lastPhaseOf(workspace), source.lastPhase ?? 0);
        const chain = upTo(whole, lastPhase);
        const findings = [
          ...(await additionFindings(key, chain.steps, locateStep, findDerived)),
          ...(await undoFindings(
            key,
            chain.steps.filter(({ file }) => ["missing", "empty"].includes(readDownFile(file).kind)),
            downs.filter(({ file }) => file.phase <= lastPhase),
            {
              down: ({ downPath }, object) => locateInFile(readSource(downPath), object),
              up: ({ file }) => locateOffset(file.source, 0).location,
            },
            findDerived,
          )),
          ...(await chainDocumentFindings({
            database: key,
            chain,
            document: source,
            lastPhase,
            tables: tablePhases(document, name),
            deferred: deferredIndexes(document),
            locate: (object, attribute) => locateObject(document, name, object, attribute),
            locateStep,
            findDerived,
          })),
          ...uncoveredFindings({
            database: key,
            expected: source.at(lastPhase),
            actual: chain.steps.at(-1)?.after ?? chain.empty,
            labels: { expected: source.label, actual: "the migrations" },
          }),
        ];
        const count = chain.steps.length;
        return {
          findings,
          summary: [
            `phases: ${key}, ${count} ${count === 1 ? "migration" : "migrations"} up to phase ${lastPhase} checked: additions only, exact down files${own === undefined ? "; no document is configured" : `, and ${own.file}`}`,
          ],
        };
      }),
    );
  });
  return {
    findings: results.flatMap(({ findings }) => findings),
    summary: results.flatMap(({ summary }) => summary),
  };
};
