import type { Finding, Summary } from "../../diff/finding.ts";
import { jsonText } from "../json.ts";
import type { CheckCounts, FindingsReport } from "./report.ts";

/** Findings as the command-line contract has them; some checks add keys. */
export interface FindingsJson {
  readonly schemaVersion: 1;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
  readonly checks?: readonly CheckCounts[];
  readonly [detail: string]: unknown;
}

function entry({ location, ...finding }: Finding): Finding {
  return location === undefined
    ? finding
    : { ...finding, location: { file: location.file, line: location.line, column: location.column } };
}

export function findingsJson({
  findings,
  counts,
  checks,
  details,
}: Pick<FindingsReport, "findings" | "counts" | "checks" | "details">): FindingsJson {
  return {
    schemaVersion: 1,
    findings: findings.map(entry),
    summary: counts,
    ...(checks !== undefined && { checks }),
    ...details,
  };
}

/** The JSON of the command-line contract. */
export function jsonReport(report: FindingsReport): string {
  return jsonText(findingsJson(report));
}
