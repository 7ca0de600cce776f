import type { Finding, Severity } from "../../diff/finding.ts";
import { version } from "../../version.ts";
import type { FindingsReport } from "./report.ts";

const levels: Record<Severity, string> = { error: "error", warning: "warning", advice: "note" };

/** A path as a URI reference: relative where the file lies below the working directory. */
function uri(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}

function result(finding: Finding, ruleIds: readonly string[]) {
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
  const physical = location && {
    physicalLocation: {
      artifactLocation: { uri: uri(location.file) },
      region: { startLine: location.line, startColumn: location.column },
    },
  };
  const place = { ...physical, ...(logicalLocations.length > 0 && { logicalLocations }) };
  return {
    ruleId: code,
    ruleIndex: ruleIds.indexOf(code),
    level: levels[severity],
    message: { text },
    ...(Object.keys(place).length > 0 && { locations: [place] }),
    partialFingerprints: {
      "finding/v1": [code, database, kind, object, finding.attribute]
        .filter((part) => part !== undefined)
        .join("/"),
    },
    ...((attributes ?? consequences) !== undefined && { properties: { attributes, consequences } }),
  };
}

/** SARIF 2.1.0 (OASIS), for code scanning. */
export function sarifReport({ title, findings }: FindingsReport): string {
  const ruleIds = [...new Set(findings.map(({ code }) => code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "socrates-db", version, rules: ruleIds.map((id) => ({ id, name: id })) } },
        automationDetails: { id: title },
        columnKind: "unicodeCodePoints",
        results: findings.map((finding) => result(finding, ruleIds)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
