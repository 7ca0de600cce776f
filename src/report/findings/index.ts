import type { Style } from "../style.ts";
import type { FindingsFormat } from "./formats.ts";
import { githubReport } from "./github.ts";
import { gitlabReport } from "./gitlab.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import type { FindingsReport } from "./report.ts";
import { sarifReport } from "./sarif.ts";
import { textReport } from "./text.ts";

const reporters: Readonly<Record<FindingsFormat, (report: FindingsReport, style: Style) => string>> = {
  text: textReport,
  json: jsonReport,
  markdown: markdownReport,
  github: githubReport,
  gitlab: gitlabReport,
  junit: junitReport,
  sarif: sarifReport,
};

/** A report in one of the formats; the same report gives the same bytes. */
export function renderFindings(report: FindingsReport, format: FindingsFormat, style: Style): string {
  return reporters[format](report, style);
}
