import type { Severity } from "../severity.ts";
import { type Finding, isAtLeast, sortFindings } from "./finding.ts";
import { type IgnoreRule, withoutIgnored } from "./ignore.ts";

/** The findings that a report has, sorted: without those to ignore, and of a severity at least. */
export function reportedFindings(
  findings: readonly Finding[],
  ignore: readonly IgnoreRule[],
  severity: Severity,
): Finding[] {
  return sortFindings(withoutIgnored(findings, ignore)).filter((finding) => isAtLeast(finding, severity));
}
