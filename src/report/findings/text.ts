import Table from "cli-table3";
import type { Finding, Summary } from "../../diff/finding.ts";
import type { Severity } from "../../severity.ts";
import type { Style } from "../style.ts";
import { visible } from "../visible.ts";
import { indented } from "../wrap.ts";
import type { CheckCounts, FindingsReport } from "./report.ts";

const marks: Record<Severity, string> = { error: "✖", warning: "!", advice: "·" };

function countText({ errors, warnings, advice }: Summary): string {
  const parts = [
    `${errors} ${errors === 1 ? "error" : "errors"}`,
    `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
  ];
  return [...parts, ...(advice > 0 ? [`${advice} advice`] : [])].join(", ");
}

function lines(finding: Finding, { paint, width }: Style): string[] {
  const colours = { error: paint.red, warning: paint.yellow, advice: paint.blue };
  const { severity, database, message, location, hint } = finding;
  const place = location === undefined ? [] : [paint.dim(`    ${visible(location.file)}:${location.line}`)];
  return [
    `${colours[severity](marks[severity])} ${database === undefined ? "" : `${database}: `}${visible(message)}`,
    ...place,
    ...(hint === undefined ? [] : indented(hint, "    ", width).map((line) => paint.dim(line))),
  ];
}

/** A line for every check with its number of findings. */
function checkTable(checks: readonly CheckCounts[], { paint }: Style): string {
  const table = new Table({
    head: ["check", "errors", "warnings", "advice"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right"],
  });
  for (const { name, errors, warnings, advice } of checks)
    table.push([
      `${errors > 0 ? paint.red("✖") : paint.green("✔")} ${name}`,
      ...[errors, warnings, advice].map((count) => (count === 0 ? paint.dim("·") : String(count))),
    ]);
  return table.toString();
}

/** For people: each finding with its place and hint, then what was checked and the counts. */
export function textReport({ findings, counts, summary, checks }: FindingsReport, style: Style): string {
  const total = findings.length === 0 ? style.paint.green("no findings") : countText(counts);
  const table = checks === undefined ? [] : [checkTable(checks, style)];
  return `${[...findings.flatMap((finding) => lines(finding, style)), ...summary.map(visible), ...table, total].join("\n")}\n`;
}
