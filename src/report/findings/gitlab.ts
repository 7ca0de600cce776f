import { createHash } from "node:crypto";
import type { Finding } from "../../diff/finding.ts";
import type { Severity } from "../../severity.ts";
import { visible } from "../visible.ts";
import type { FindingsReport } from "./report.ts";

const severities: Record<Severity, string> = { error: "major", warning: "minor", advice: "info" };

/** Equal for the same finding of another run, and different for two of one run. */
function fingerprint({ code, database, kind, object, attribute, message }: Finding, file: string): string {
  const parts = [code, database ?? "", kind ?? "", object ?? "", attribute ?? "", message, file];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A code quality report for the widget of merge requests (GitLab, "Code Quality", "Code Quality report format"). */
export function gitlabReport({ findings, place }: FindingsReport): string {
  const issues = findings.map((finding) => {
    const { code, severity, database, message, location, hint } = finding;
    const { file, line } = location ?? { file: place, line: 1 };
    const text = [
      database === undefined ? message : `${database}: ${message}`,
      ...(hint === undefined ? [] : [hint]),
    ];
    return {
      description: visible(text.join(" – ")),
      check_name: code,
      fingerprint: fingerprint(finding, file),
      severity: severities[severity],
      location: { path: file, lines: { begin: line } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}
