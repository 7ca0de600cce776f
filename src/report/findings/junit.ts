import type { Finding } from "../../diff/finding.ts";
import type { FindingsReport } from "./report.ts";

/** XML 1.0 text: markup escaped, characters that XML does not allow left out (XML 1.0, section 2.2). */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Inside an attribute a line break would be read as a space (XML 1.0, section 3.3.3). */
function attribute(text: string): string {
  return xml(text).replaceAll("\n", "&#10;");
}

function testCase(finding: Finding): string {
  const { code, severity, database = "document", kind = "", object = "", message, location, hint } = finding;
  const attributes = finding.attributes?.map((attribute) => attribute.name) ?? [finding.attribute ?? ""];
  const name = [kind, object, attributes.join(", ")].filter((part) => part !== "").join(" ") || code;
  const detail = [
    message,
    ...(location === undefined ? [] : [`${location.file}:${location.line}`]),
    ...(hint === undefined ? [] : [hint]),
  ].join("\n");
  const body =
    severity === "error"
      ? `<failure type="${attribute(code)}" message="${attribute(message)}">${xml(detail)}</failure>`
      : `<system-out>${xml(`${severity}: ${detail}`)}</system-out>`;
  return `    <testcase classname="${attribute(database)}" name="${attribute(name)}">${body}</testcase>`;
}

/** JUnit XML: a test case for each finding, failed where it is an error; one that passed where there are none. */
export function junitReport({ title, findings }: FindingsReport): string {
  const failures = findings.filter(({ severity }) => severity === "error").length;
  const cases =
    findings.length === 0
      ? [`    <testcase classname="socrates-db" name="${xml(title)}"/>`]
      : findings.map(testCase);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="${xml(title)}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}
