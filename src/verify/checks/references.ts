import { withCancel } from "../../runner/cancel.ts";
import { withLiveSources } from "../../sources/of-live.ts";
import { openDocument, shadowOptions } from "../../sources/of-workspace.ts";
import { referenceFindings } from "../document-references.ts";
import { planReferences } from "../references/plan.ts";
import { nameOf, type ReferenceResult } from "../references/reference.ts";
import { runReferences } from "../references/run.ts";
import { listedColumns } from "../references/values.ts";
import type { Check } from "./check.ts";
import { documentedSchemas } from "./document.ts";

function asJson({ reference, checked, orphans, sample }: ReferenceResult) {
  return { from: nameOf(reference.from), to: nameOf(reference.to), checked, orphans, sample };
}

function total(results: readonly { readonly checked: number }[]): string {
  return results.reduce((sum, { checked }) => sum + checked, 0).toLocaleString("en");
}

/** `socrates-db verify references`: references without a foreign key, and listed values without a CHECK. */
export const checkReferences: Check = async (workspace, { phase, sample, signal, onProgress }) => {
  const document = await openDocument(workspace);
  const schemas = await documentedSchemas(document, shadowOptions(workspace));
  return withLiveSources(workspace.project.databases, { phaseGiven: true }, async (sources, open) => {
    const databases = open.flatMap(({ key, name }) => {
      const [documented, source] = [schemas.get(name)?.schema, sources.get(key)];
      if (documented === undefined || source === undefined) return [];
      return [{ key, name, documented, live: source.at(phase ?? 0) }];
    });
    const { references, skipped, findings } = planReferences(document, databases);
    const columns = databases.flatMap((database) => listedColumns(document, database));
    const sessions = new Map(open.map(({ key, session }) => [key, session]));
    const result = await withCancel(signal, [...sessions.values()], () =>
      runReferences(references, columns, sessions, {
        sampleSize: sample,
        onProgress: (what, checked) =>
          onProgress(`${what}${checked === 0 ? "" : `: ${checked.toLocaleString("en")} references`}`),
      }),
    );
    return {
      findings: [...referenceFindings(document, schemas), ...findings, ...result.findings],
      summary: [
        `references: ${result.references.length} columns, ${total(result.references)} references checked`,
        `values: ${result.values.length} columns whose comments list them, ${total(result.values)} rows checked`,
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
};
