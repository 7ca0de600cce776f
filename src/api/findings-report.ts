import { type Finding, summarise } from "../diff/finding.ts";
import { reportedFindings } from "../diff/reported.ts";
import type { Workspace } from "../project/workspace.ts";
import { type FindingsJson, findingsJson } from "../report/findings/json.ts";
import type { CheckCounts } from "../report/findings/report.ts";
import { type FindingsOptions, filterOf } from "./options.ts";

/** The findings of a check that the caller wants to see, as JSON. */
export function findingsReport(
  workspace: Workspace,
  options: FindingsOptions,
  content: {
    readonly findings: readonly Finding[];
    readonly checks?: readonly CheckCounts[];
    readonly details?: Readonly<Record<string, unknown>>;
  },
): FindingsJson {
  const { ignore, severity } = filterOf(options, workspace.config);
  const findings = reportedFindings(content.findings, ignore, severity);
  return findingsJson({ ...content, findings, counts: summarise(findings) });
}
