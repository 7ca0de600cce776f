import type { Severity } from "../../severity.ts";
import { visible } from "../visible.ts";
import type { FindingsReport } from "./report.ts";

/** Workflow commands end at a line break and split properties at commas and colons (GitHub, "Workflow commands"). */
function data(text: string): string {
  return visible(text).replaceAll("%", "%25");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

const levels: Record<Severity, string> = { error: "error", warning: "warning", advice: "notice" };

/** Annotations for GitHub Actions, at the line of the document if there is one. */
export function githubReport({ title, findings, place }: FindingsReport): string {
  return findings
    .map(({ severity, database, message, location, hint }) => {
      const { file, line, column } = location ?? { file: place, line: 1, column: 1 };
      const properties = [
        `file=${property(file)}`,
        `line=${line}`,
        `col=${column}`,
        `title=${property(title)}`,
      ].join(",");
      const text = [
        database === undefined ? message : `${database}: ${message}`,
        ...(hint === undefined ? [] : [hint]),
      ];
      return `::${levels[severity]} ${properties}::${text.map(data).join("%0A")}\n`;
    })
    .join("");
}
