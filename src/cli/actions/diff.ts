import { databases } from "../../databases.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { findingsFormats } from "../../report/findings/index.ts";
import { partFindings } from "../../verify/document-parts.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { compareSources } from "../comparison.ts";
import { openContext } from "../context.ts";
import { report } from "../findings.ts";
import { choiceOption, flagOption, numberOption, textOption } from "../options.ts";
import { expectedSource, lastPhaseOf, openDocument } from "../sources.ts";

function ignoredGlobs(options: Invocation["options"]): string[] {
  const globs = options["ignore"];
  return Array.isArray(globs) ? globs.map(String) : [];
}

/** `socrates-db diff` */
export const diffAction: Action = async (invocation) => {
  const { options } = invocation;
  choiceOption(options, "format", findingsFormats, "text");
  const phase = numberOption(options, "phase", 0);
  const to = textOption(options, "to") ?? "live";
  const privileges = flagOption(options, "privileges");
  const context = await openContext(invocation, "optional");
  const from = textOption(options, "from") ?? expectedSource(context, invocation);
  if (phase !== undefined && context.project.chains.length > 0) checkLimit(context.project.chains, { phase });
  const compared = await compareSources(
    { from, to, phase, privileges, ignore: ignoredGlobs(options) },
    context,
    invocation,
  );
  const document =
    from === "document" || to === "document" ? await openDocument(context, invocation) : undefined;
  const unread = document === undefined ? [] : partFindings(document, databases, lastPhaseOf(context));
  return report(invocation, {
    title: "socrates-db diff",
    findings: [...unread, ...compared.flatMap(({ findings }) => findings)],
    summary: compared.map(
      ({ key, labels, phase: at }) =>
        `${key}: ${labels.expected} against ${labels.actual}, as of phase ${at}`,
    ),
  });
};
