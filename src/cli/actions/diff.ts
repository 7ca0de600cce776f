import { databases } from "../../databases.ts";
import { checkLimit } from "../../migrations/plan.ts";
import { phaseText } from "../../sources/source.ts";
import { partFindings } from "../../verify/document-parts.ts";
import { flagOption, numberOption, textOption } from "../arguments/options.ts";
import type { Action } from "../commands/command.ts";
import { compareSources } from "../comparison.ts";
import { openContext } from "../context.ts";
import { findingsSettings, placeOfFindings, report } from "../findings.ts";
import { expectedSource, lastPhaseOf, openDocument } from "../sources.ts";

/** `socrates-db diff` */
export const diffAction: Action = async (invocation) => {
  const { options } = invocation;
  const phase = numberOption(options, "phase", 0);
  const to = textOption(options, "to") ?? "live";
  const privileges = flagOption(options, "privileges");
  findingsSettings(invocation, {});
  const isLive = [textOption(options, "from"), to].includes("live");
  const context = await openContext(invocation, {
    migrations: "optional",
    databases: isLive ? "used" : "unused",
  });
  const settings = findingsSettings(invocation, context.config.file);
  const from = textOption(options, "from") ?? expectedSource(context, invocation);
  if (phase !== undefined && context.project.chains.length > 0) checkLimit(context.project.chains, { phase });
  const compared = await compareSources(
    { from, to, phase, privileges, ignore: settings.ignore },
    context,
    invocation,
  );
  const document =
    from === "document" || to === "document" ? await openDocument(context, invocation) : undefined;
  const unread = document === undefined ? [] : partFindings(document, databases, lastPhaseOf(context));
  return report(
    invocation,
    {
      title: "socrates-db diff",
      place: placeOfFindings(context.config),
      findings: [...unread, ...compared.flatMap(({ findings }) => findings)],
      summary: compared.map(
        ({ key, labels, phase: at }) =>
          `${key}: ${labels.expected} against ${labels.actual}, as of ${phaseText(at)}`,
      ),
    },
    settings,
  );
};
