import { type Finding, summarise } from "../../diff/finding.ts";
import { SocratesError } from "../../errors.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { nearest } from "../../nearest.ts";
import { numberOption } from "../arguments/options.ts";
import { verifyAccessOf } from "../checks/access.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { verifyDocumentOf } from "../checks/document.ts";
import { verifyIndexesOf } from "../checks/indexes.ts";
import { verifyLedgerOf } from "../checks/ledger.ts";
import { verifyPhasesOf } from "../checks/phases.ts";
import { verifyReferencesOf } from "../checks/references.ts";
import { verifySchemaOf } from "../checks/schema.ts";
import type { Action } from "../commands/command.ts";
import type { checkNames } from "../commands/verify.ts";
import { type Context, openContext } from "../context.ts";
import { findingsSettings, placeOfFindings, report } from "../findings.ts";

const checks: Readonly<Record<(typeof checkNames)[number], Check>> & Readonly<Record<string, Check>> = {
  schema: verifySchemaOf,
  document: verifyDocumentOf,
  phases: verifyPhasesOf,
  ledger: verifyLedgerOf,
  indexes: verifyIndexesOf,
  references: verifyReferencesOf,
  access: verifyAccessOf,
};

/** What a check cannot do without. */
const needs: Readonly<Record<string, "document" | "migrations">> = {
  document: "document",
  references: "document",
  access: "document",
  phases: "migrations",
  ledger: "migrations",
};

/** The line of a check that cannot be made, as something that it needs is not configured; undefined where it can. */
function notChecked(name: string, { config }: Context): string | undefined {
  const need = needs[name];
  const isThere = need === "document" ? config.files.document !== undefined : config.chains.length > 0;
  return need === undefined || isThere
    ? undefined
    : `${name}: not checked, no ${need === "document" ? "document is" : "migrations are"} configured`;
}

/** Names of the checks that a word chooses. @throws SocratesError `usage`, naming the nearest */
function chosen(word: string): readonly string[] {
  const names = Object.keys(checks);
  if (word === "all") return names;
  if (names.includes(word)) return [word];
  const known = [...names, "all"];
  const near = nearest(word, known);
  throw new SocratesError("usage", `there is no check "${word}"`, {
    hint:
      near === undefined
        ? `Use one of: ${known.join(", ")}.`
        : `Did you mean "${near}"? The checks are: ${known.join(", ")}.`,
  });
}

/** What several checks miss is said by the first of them. */
function missingOnce(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, database, kind, object }) => {
    const key = JSON.stringify([database, kind, object]);
    const isRepeated = code === "missing" && object !== undefined && seen.has(key);
    if (code === "missing") seen.add(key);
    return !isRepeated;
  });
}

/** The findings on indexes that the comparison of the schemas has not reported already: one cause is one finding. */
function newInIndexes(indexes: CheckResult, { findings: compared }: CheckResult): CheckResult {
  const keyOf = (database = "", object = "") => `${database} ${object}`;
  const known = new Set(
    compared.flatMap(({ database, object, consequences = [] }) =>
      [object, ...consequences.map((consequence) => consequence.object)].map((name) => keyOf(database, name)),
    ),
  );
  const isNew = ({ database, object, severity }: Finding) =>
    severity === "advice" || object === undefined || !known.has(keyOf(database, object));
  return { ...indexes, findings: indexes.findings.filter(isNew) };
}

/** `socrates-db verify` */
export const verifyAction: Action = async (invocation) => {
  const { options, args } = invocation;
  const [word = "all"] = args;
  findingsSettings(invocation, {});
  const names = chosen(word);
  const phase = numberOption(options, "phase", 0);
  const context = await openContext(invocation, {
    migrations: word !== "all" && needs[word] === "migrations" ? "required" : "optional",
    databases: word === "document" || word === "phases" ? "unused" : "used",
  });
  if (phase !== undefined && context.project.chains.length > 0) checkLimit(context.project.chains, { phase });
  const settings = findingsSettings(invocation, context.config.file);
  const made: CheckResult[] = [];
  for (const name of names) {
    const skipped = word === "all" ? notChecked(name, context) : undefined;
    const result =
      skipped === undefined
        ? await checks[name]?.(context, invocation, phase)
        : { findings: [], summary: [skipped] };
    if (result !== undefined) made.push(result);
  }
  const [schema, indexes] = [made[names.indexOf("schema")], made[names.indexOf("indexes")]];
  const results = made.map((result) =>
    result === indexes && schema !== undefined ? newInIndexes(result, schema) : result,
  );
  // Each check counts what it found, also what the schema's check has reported already.
  const counts = names.map((name, i) => ({ name, ...summarise(made[i]?.findings ?? []) }));
  return report(
    invocation,
    {
      title: `socrates-db verify ${word}`,
      place: placeOfFindings(context.config),
      passed: results.flatMap(({ passed = [] }) => passed),
      findings: missingOnce(results.flatMap(({ findings }) => findings)),
      summary: results.flatMap(({ summary }) => summary),
      ...(word === "all" && { checks: counts }),
      details: Object.assign({}, ...results.map(({ details }) => details ?? {})),
    },
    settings,
  );
};
