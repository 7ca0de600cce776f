import { markdownText } from "../markdown-text.ts";
import type { FindingsReport } from "./report.ts";

/** For a pull request or a step summary: a heading, a table, and a line of counts. */
export function markdownReport({ title, findings, counts, summary }: FindingsReport): string {
  const { errors, warnings, advice } = counts;
  const rows = findings.map(({ severity, database = "", message, location, hint = "" }) => {
    const place = location === undefined ? "" : `${location.file}:${location.line}`;
    return `| ${[severity, database, message, place, hint].map(markdownText).join(" | ")} |`;
  });
  const table =
    rows.length === 0
      ? []
      : [
          "| severity | database | finding | documented at | what to do |",
          "| --- | --- | --- | --- | --- |",
          ...rows,
          "",
        ];
  const notes = summary.map((line) => `- ${markdownText(line)}`);
  const count =
    findings.length === 0
      ? "No findings."
      : `**${errors}** errors, **${warnings}** warnings, **${advice}** advice.`;
  return `${[`## ${title}`, "", ...table, count, ...(notes.length === 0 ? [] : ["", ...notes])].join("\n")}\n`;
}
