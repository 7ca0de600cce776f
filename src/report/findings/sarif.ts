import type { Finding } from "../../diff/finding.ts";
import type { Severity } from "../../severity.ts";
import { version } from "../../version.ts";
import type { FindingsReport } from "./report.ts";
import { ruleOf } from "./rules.ts";

const levels: Record<Severity, string> = { error: "error", warning: "warning", advice: "note" };

/** A path as a URI reference. */
function uri(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}

function result(finding: Finding, ruleIds: readonly string[], fallback: string) {
  const { code, severity, database, object, kind, message, location, hint, attributes, consequences } =
    finding;
  const text = [
    database === undefined ? message : `${database}: ${message}`,
    ...(hint === undefined ? [] : [hint]),
  ].join(". ");
  const logicalLocations =
    object === undefined
      ? []
      : [
          {
            fullyQualifiedName: [database, object].filter((part) => part !== undefined).join("."),
            ...(kind !== undefined && { kind }),
          },
        ];
  // Code scanning rejects an upload if any result has no file.
  const { file, line, column } = location ?? { file: fallback, line: 1, column: 1 };
  return {
    ruleId: code,
    ruleIndex: ruleIds.indexOf(code),
    level: levels[severity],
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(file) },
          region: { startLine: line, startColumn: column },
        },
        ...(logicalLocations.length > 0 && { logicalLocations }),
      },
    ],
    partialFingerprints: {
      "finding/v1": [code, database, kind, object, finding.attribute]
        .filter((part) => part !== undefined)
        .join("/"),
    },
    ...((attributes ?? consequences) !== undefined && { properties: { attributes, consequences } }),
  };
}

/** `not-compared` is NotCompared: rule names are in Pascal case (SARIF 2.1.0, section 3.49.7). */
function ruleName(code: string): string {
  return code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function rule(code: string, { findings, rules }: Pick<FindingsReport, "findings" | "rules">) {
  const { text, help } = rules?.[code] ?? ruleOf(code);
  const severity = findings.find((finding) => finding.code === code)?.severity ?? "error";
  return {
    id: code,
    name: ruleName(code),
    shortDescription: { text },
    fullDescription: { text: `${text} ${help}` },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: levels[severity] },
  };
}

/** SARIF 2.1.0 (OASIS), for code scanning. */
export function sarifReport(report: FindingsReport): string {
  const { title, findings, place, failed } = report;
  const ruleIds = [...new Set(findings.map(({ code }) => code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "socrates-db", version, rules: ruleIds.map((code) => rule(code, report)) },
        },
        automationDetails: { id: title },
        columnKind: "unicodeCodePoints",
        invocations: [{ executionSuccessful: failed !== true }],
        results: findings.map((finding) => result(finding, ruleIds, place)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
