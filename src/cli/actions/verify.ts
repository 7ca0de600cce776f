import { SocratesError } from "../../errors.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { nearest } from "../../nearest.ts";
import { findingsFormats } from "../../report/findings/index.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { verifyDocumentOf } from "../checks/document.ts";
import { verifyIndexesOf } from "../checks/indexes.ts";
import { verifyPhasesOf } from "../checks/phases.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { report } from "../findings.ts";
import { choiceOption, numberOption } from "../options.ts";

const checks: Readonly<Record<string, Check>> = {
  indexes: verifyIndexesOf,
  document: verifyDocumentOf,
  phases: verifyPhasesOf,
};

function chosen(word: string): readonly Check[] {
  if (word === "all") return Object.values(checks);
  const check = checks[word];
  if (check !== undefined) return [check];
  const known = [...Object.keys(checks), "all"];
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
  const selected = chosen(word);
  const phase = numberOption(options, "phase", 0);
  const context = await openContext(invocation);
  if (phase !== undefined) checkLimit(context.project.chains, { phase });
  const results: CheckResult[] = [];
  for (const check of selected) results.push(await check(context, invocation, phase));
  return report(invocation, {
    title: `socrates-db verify ${word}`,
    findings: results.flatMap(({ findings }) => findings),
    summary: results.flatMap(({ summary }) => summary),
    details: Object.assign({}, ...results.map(({ details }) => details ?? {})),
  });
};
