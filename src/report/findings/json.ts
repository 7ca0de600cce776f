import type { Finding } from "../../diff/finding.ts";
import type { FindingsReport } from "./report.ts";

function entry({ location, ...finding }: Finding) {
  return location === undefined
    ? finding
    : { ...finding, location: { file: location.file, line: location.line, column: location.column } };
}

/** The JSON of the command-line contract. */
export function jsonReport({ findings, counts, checks, details }: FindingsReport): string {
  const body = {
    schemaVersion: 1,
    findings: findings.map(entry),
    summary: counts,
    ...(checks !== undefined && { checks }),
    ...details,
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}
