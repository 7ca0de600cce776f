import { withCancel } from "../../runner/cancel.ts";
import { withLiveSources } from "../../sources/of-live.ts";
import { referenceFindings } from "../../verify/document-references.ts";
import { planReferences } from "../../verify/references/plan.ts";
import { nameOf, type ReferenceResult } from "../../verify/references/reference.ts";
import { runReferences } from "../../verify/references/run.ts";
import { listedColumns } from "../../verify/references/values.ts";
import { flagOption, numberOption } from "../arguments/options.ts";
import { openActivity } from "../progress/activity.ts";
import { cacheFolders, openDocument } from "../sources.ts";
import { withInterrupt } from "../start/interrupt.ts";
import type { Check } from "./check.ts";
import { documentedSchemas } from "./document.ts";

function asJson({ reference, checked, orphans, sample }: ReferenceResult) {
  return { from: nameOf(reference.from), to: nameOf(reference.to), checked, orphans, sample };
}

function total(results: readonly { readonly checked: number }[]): string {
  return results.reduce((sum, { checked }) => sum + checked, 0).toLocaleString("en");
}

/** `socrates-db verify references`: the references that no foreign key holds, and the values that no CHECK holds. */
export const verifyReferencesOf: Check = async (context, invocation, phase) => {
  const { io, options } = invocation;
  const sampleSize = numberOption(options, "sample", 0) ?? 5;
  const document = await openDocument(context, invocation);
  const schemas = await documentedSchemas(document, cacheFolders(invocation));
  const activity = await openActivity(io, flagOption(options, "quiet"));
  try {
    return await withLiveSources(context.project.databases, { phaseGiven: true }, async (sources, open) => {
      const databases = open.flatMap(({ key, name }) => {
        const [documented, source] = [schemas.get(name)?.schema, sources.get(key)];
        if (documented === undefined || source === undefined) return [];
        return [{ key, name, documented, live: source.at(phase ?? 0) }];
      });
      const { references, skipped, findings } = planReferences(document, databases);
      const columns = databases.flatMap((database) => listedColumns(document, database));
      const sessions = new Map(open.map(({ key, session }) => [key, session]));
      const result = await withInterrupt(io, (signal) =>
        withCancel(signal, [...sessions.values()], () =>
          runReferences(references, columns, sessions, {
            sampleSize,
            onProgress: (what, checked) =>
              activity.show(`${what}${checked === 0 ? "" : `: ${checked.toLocaleString("en")} references`}`),
          }),
        ),
      );
      return {
        findings: [...referenceFindings(document, schemas), ...findings, ...result.findings],
        summary: [
          `references: ${result.references.length} columns, ${total(result.references)} references looked at`,
          `values: ${result.values.length} columns whose comments list them, ${total(result.values)} rows looked at`,
          ...skipped.map(({ from, to, reason }) => `not checked: ${from} -> ${to}, as ${reason}`),
        ],
        details: {
          references: result.references.map(asJson),
          values: result.values.map(({ column, checked, offending }) => ({
            column: nameOf(column.place),
            listed: column.listed.values,
            checked,
            offending,
          })),
          skipped,
        },
      };
    });
  } finally {
    activity.stop();
  }
};
