import { summarise } from "../../diff/finding.ts";
import { SocratesError } from "../../errors.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { nearest } from "../../nearest.ts";
import { findingsFormats } from "../../report/findings/index.ts";
import { verifyAccessOf } from "../checks/access.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { verifyDocumentOf } from "../checks/document.ts";
import { verifyIndexesOf } from "../checks/indexes.ts";
import { verifyLedgerOf } from "../checks/ledger.ts";
import { verifyPhasesOf } from "../checks/phases.ts";
import { verifyReferencesOf } from "../checks/references.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { report } from "../findings.ts";
import { choiceOption, numberOption } from "../options.ts";

const checks: Readonly<Record<string, Check>> = {
  document: verifyDocumentOf,
  phases: verifyPhasesOf,
  ledger: verifyLedgerOf,
  indexes: verifyIndexesOf,
  references: verifyReferencesOf,
  access: verifyAccessOf,
};

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

/** `socrates-db verify` */
export const verifyAction: Action = async (invocation) => {
  const { options, args } = invocation;
  const [word = "all"] = args;
  choiceOption(options, "format", findingsFormats, "text");
  const names = chosen(word);
  const phase = numberOption(options, "phase", 0);
  const context = await openContext(invocation);
  if (phase !== undefined) checkLimit(context.project.chains, { phase });
  const results: CheckResult[] = [];
  for (const name of names) {
    const result = await checks[name]?.(context, invocation, phase);
    if (result !== undefined) results.push(result);
  }
  const counts = names.map((name, i) => ({ name, ...summarise(results[i]?.findings ?? []) }));
  return report(invocation, {
    title: `socrates-db verify ${word}`,
    findings: results.flatMap(({ findings }) => findings),
    summary: results.flatMap(({ summary }) => summary),
    ...(word === "all" && { checks: counts }),
    details: Object.assign({}, ...results.map(({ details }) => details ?? {})),
  });
};
