import { deferredIndexes } from "../../document/deferred.ts";
import { locateObject } from "../../document/locate.ts";
import { emptyDocument } from "../../document/model.ts";
import { checkChains } from "../../migrations/files.ts";
import { readDownFile } from "../../migrations/scripts.ts";
import type { FindEchoes } from "../../schema/echo.ts";
import { columnEchoes } from "../../shadow/echoes.ts";
import { withPrinter } from "../../shadow/printer.ts";
import { locateInFile } from "../../sources/locate-in-file.ts";
import { downSchemas } from "../../sources/of-downs.ts";
import { type ChainSchemas, chainSchemas } from "../../sources/of-migrations.ts";
import { locate as locateOffset, readSource } from "../../sql/source-file.ts";
import { chainDocumentFindings } from "../../verify/chain-document.ts";
import { undoFindings } from "../../verify/downs.ts";
import { additionFindings, type LocateInStep } from "../../verify/phases.ts";
import { cacheFolders, documentIfAny, documentSide, lastPhaseOf, migrationsSide } from "../sources.ts";
import type { Check, CheckResult } from "./check.ts";

const locateStep: LocateInStep = ({ file }, object, attribute) =>
  locateInFile(file.source, object, attribute);

function upTo({ empty, steps }: ChainSchemas, phase: number): ChainSchemas {
  return { empty, steps: steps.filter(({ file }) => file.phase <= phase) };
}

/** `socrates-db verify phases`: needs no database. */
export const verifyPhasesOf: Check = async (context, invocation, phase) => {
  const { project } = context;
  checkChains(project.chains);
  const own = await documentIfAny(context, invocation);
  const document = own ?? emptyDocument;
  const folders = cacheFolders(invocation);
  const side =
    own === undefined ? await migrationsSide(context, folders) : await documentSide(context, own, folders);
  // One printer for all databases: what they ask for side by side takes turns.
  const results = await withPrinter(async (printer) => {
    const findEchoes: FindEchoes = (expected, actual) => columnEchoes(expected, actual, printer);
    return Promise.all(
      project.databases.map(async ({ key, name, chain: files }): Promise<CheckResult> => {
        const whole = await chainSchemas(files, folders);
        const downs = await downSchemas(whole, folders);
        const source = side.get(key);
        if (source === undefined) throw new Error(`${key} is not documented`);
        const lastPhase = phase ?? Math.max(lastPhaseOf(context), source.lastPhase ?? 0);
        const chain = upTo(whole, lastPhase);
        const tables = new Map(
          document.tables
            .filter(({ database }) => database === name)
            .map((table) => [table.name, table.phase]),
        );
        const findings = [
          ...(await additionFindings(key, chain.steps, locateStep, findEchoes)),
          ...(await undoFindings(
            key,
            chain.steps.filter(({ file }) => ["missing", "empty"].includes(readDownFile(file).kind)),
            downs.filter(({ file }) => file.phase <= lastPhase),
            {
              down: ({ downPath }, object) => locateInFile(readSource(downPath), object),
              up: ({ file }) => locateOffset(file.source, 0).location,
            },
            findEchoes,
          )),
          ...(await chainDocumentFindings({
            database: key,
            chain,
            document: source,
            lastPhase,
            tables,
            deferred: deferredIndexes(document),
            locate: (object, attribute) => locateObject(document, name, object, attribute),
            locateStep,
            findEchoes,
          })),
        ];
        const count = chain.steps.length;
        return {
          findings,
          summary: [
            `phases: ${key}, ${count} ${count === 1 ? "migration" : "migrations"} up to phase ${lastPhase}, each with the one before it, undone${own === undefined ? "; no document is configured" : `, and against ${own.file}`}`,
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
