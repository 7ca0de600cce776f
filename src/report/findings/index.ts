import type { Style } from "../style.ts";
import { githubReport } from "./github.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import type { FindingsReport } from "./report.ts";
import { sarifReport } from "./sarif.ts";
import { textReport } from "./text.ts";

const reporters = {
  text: textReport,
  json: jsonReport,
  markdown: markdownReport,
  github: githubReport,
  junit: junitReport,
  sarif: sarifReport,
} as const satisfies Record<string, (report: FindingsReport, style: Style) => string>;

export type FindingsFormat = keyof typeof reporters;

/** Whether a word names a format. */
export function isFindingsFormat(word: string): word is FindingsFormat {
  return Object.hasOwn(reporters, word);
}

export const findingsFormats: readonly FindingsFormat[] = Object.keys(reporters).filter(isFindingsFormat);

/** A report in one of the formats; the same report gives the same bytes. */
export function renderFindings(report: FindingsReport, format: FindingsFormat, style: Style): string {
  return reporters[format](report, style);
}
