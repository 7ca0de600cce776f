import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Finding, isAtLeast, summarise } from "../diff/finding.ts";
import { withoutIgnored } from "../diff/ignore.ts";
import { reportedFindings } from "../diff/reported.ts";
import { type ExitCode, SocratesError } from "../errors.ts";
import type { FindingsFormat } from "../report/findings/formats.ts";
import { renderFindings } from "../report/findings/index.ts";
import type { FindingsReport } from "../report/findings/report.ts";
import { style } from "../report/style.ts";
import type { FindingsSettings } from "./arguments/findings-settings.ts";
import { reportStyle } from "./color.ts";
import type { Invocation } from "./commands/command.ts";
import { repositoryPath, repositoryRoot } from "./repository.ts";

function count(number: number, word: string): string {
  return `${number} ${number === 1 ? word : `${word}s`}`;
}

/** Says what is hidden, and why. */
function leftOut(all: readonly Finding[], shown: readonly Finding[], settings: FindingsSettings): string[] {
  const reported = withoutIgnored(all, settings.ignore);
  const [ignored, light] = [all.length - reported.length, reported.length - shown.length];
  return [
    ...(ignored === 0 ? [] : [`${count(ignored, "finding")} ignored`]),
    ...(light === 0 ? [] : [`${count(light, "finding")} below severity ${settings.severity} not shown`]),
  ];
}

/** Formats whose readers expect paths relative to the repository. */
const ofRepository: ReadonlySet<FindingsFormat> = new Set(["github", "sarif"]);

/** A report in a format, with paths as its readers expect. */
function render(
  { io }: Invocation,
  report: FindingsReport,
  format: FindingsFormat,
  look: ReturnType<typeof style>,
): string {
  if (!ofRepository.has(format)) return renderFindings(report, format, look);
  const root = repositoryRoot(io.cwd, io.env);
  const place = (file: string) => repositoryPath(file, io.cwd, root);
  const findings = report.findings.map((finding) =>
    finding.location === undefined
      ? finding
      : { ...finding, location: { ...finding.location, file: place(finding.location.file) } },
  );
  return renderFindings({ ...report, findings, place: place(report.place) }, format, look);
}

/** The findings that count, as a report; written to the files that were asked for. */
export function prepare(
  invocation: Invocation,
  content: Omit<FindingsReport, "counts">,
  settings: FindingsSettings,
): FindingsReport {
  const { io } = invocation;
  const findings = reportedFindings(content.findings, settings.ignore, settings.severity);
  const summary = [...content.summary, ...leftOut(content.findings, findings, settings)];
  const whole = { ...content, findings, summary, counts: summarise(findings) };
  for (const { format, file } of settings.outputs)
    writeReport(path.resolve(io.cwd, file), io.clean(render(invocation, whole, format, style(false))));
  return whole;
}

/** The exit code of a report: 1 if a finding counts. */
export function codeOf(
  { findings }: Pick<FindingsReport, "findings">,
  { failOn }: Pick<FindingsSettings, "failOn">,
): ExitCode {
  return findings.some((finding) => isAtLeast(finding, failOn)) ? 1 : 0;
}

/**
 * Prints findings in the requested format, and returns the exit code: 1 if one of them counts.
 * @throws SocratesError `output-failed` for a file that cannot be written
 */
export async function report(
  invocation: Invocation,
  content: Omit<FindingsReport, "counts">,
  settings: FindingsSettings,
): Promise<ExitCode> {
  const whole = prepare(invocation, content, settings);
  await invocation.io.out(render(invocation, whole, settings.format, reportStyle(invocation)));
  return codeOf(whole, settings);
}

/** The same on stderr, for a command whose stdout is a script. */
export function reportBeside(
  invocation: Invocation,
  content: Omit<FindingsReport, "counts">,
  settings: FindingsSettings,
): ExitCode {
  const whole = prepare(invocation, content, settings);
  const text = render(invocation, whole, "text", style(false)).trimEnd();
  for (const line of text.split("\n")) invocation.io.err(line);
  return codeOf(whole, settings);
}

/** Writes a report to a file, which it may replace. @throws SocratesError `output-failed` */
export function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new SocratesError("output-failed", `the report ${file} cannot be written`, {
      hint: "Check that its folder exists and can be written.",
      cause,
    });
  }
}
