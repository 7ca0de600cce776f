import type { Finding } from "../../diff/finding.ts";
import { visible } from "../visible.ts";
import type { FindingsReport } from "./report.ts";

/** XML 1.0 text: one line, markup escaped, other characters that XML does not allow left out (XML 1.0, section 2.2). */
function xml(text: string): string {
  return visible(text)
    .replace(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function testCase(finding: Finding): string {
  const { code, severity, database = "document", kind = "", object = "", message, location, hint } = finding;
  const attributes = finding.attributes?.map((attribute) => attribute.name) ?? [finding.attribute ?? ""];
  const name = [kind, object, attributes.join(", ")].filter((part) => part !== "").join(" ") || code;
  const detail = [
    severity === "error" ? message : `${severity}: ${message}`,
    ...(location === undefined ? [] : [`${location.file}:${location.line}`]),
    ...(hint === undefined ? [] : [hint]),
  ]
    .map(xml)
    .join("\n");
  const body =
    severity === "error"
      ? `<failure type="${xml(code)}" message="${xml(message)}">${detail}</failure>`
      : `<system-out>${detail}</system-out>`;
  return `    <testcase classname="${xml(database)}" name="${xml(name)}">${body}</testcase>`;
}

function passedCase(classname: string, name: string): string {
  return `    <testcase classname="${xml(classname)}" name="${xml(name)}"/>`;
}

/** The error that ended a run before any test. */
function errorCase(title: string, { code, message, hint = "" }: Finding): string {
  const body = `<error type="${xml(code)}" message="${xml(message)}">${[message, hint].map(xml).join("\n")}</error>`;
  return `    <testcase classname="socrates-db" name="${xml(title)}">${body}</testcase>`;
}

/**
 * JUnit XML: a test case for each finding, failed for errors; one for each correct index and each passed check; and
 * one for the command if there is nothing else.
 */
export function junitReport({ title, findings, passed = [], checks = [], failed }: FindingsReport): string {
  const isFailed = failed === true;
  const failures = isFailed ? 0 : findings.filter(({ severity }) => severity === "error").length;
  const found = findings.map((finding) => (isFailed ? errorCase(title, finding) : testCase(finding)));
  const clean = checks.filter(({ errors, warnings, advice }) => errors + warnings + advice === 0);
  const right = [
    ...passed.map(({ database, name }) => passedCase(database, name)),
    ...clean.map(({ name }) => passedCase("socrates-db verify", name)),
  ];
  const cases = found.length + right.length === 0 ? [passedCase("socrates-db", title)] : [...found, ...right];
  const counts = `tests="${cases.length}" failures="${failures}" errors="${isFailed ? findings.length : 0}" skipped="0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="${xml(title)}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}
