import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ConfigFile } from "../config/config-file.ts";
import type { Config } from "../config/load.ts";
import { type Finding, isAtLeast, type Severity, severities, sortFindings } from "../diff/finding.ts";
import { type IgnoreRule, ignoreRule, withoutIgnored } from "../diff/ignore.ts";
import { type ExitCode, SocratesError } from "../errors.ts";
import { type FindingsFormat, findingsFormats, renderFindings } from "../report/findings/index.ts";
import type { FindingsReport } from "../report/findings/report.ts";
import { repositoryPath, repositoryRoot } from "../report/findings/repository.ts";
import { style } from "../report/style.ts";
import { choiceOption, flagOption, listOption } from "./arguments/options.ts";
import { reportColor } from "./color.ts";
import type { Invocation } from "./commands/command.ts";

/** What the command line and the config file say of a report of findings. */
export interface FindingsSettings {
  readonly format: FindingsFormat;
  /** Files that get the report as well, in other formats. */
  readonly outputs: readonly { readonly format: FindingsFormat; readonly file: string }[];
  readonly ignore: readonly IgnoreRule[];
  /** The lightest severity that is reported. */
  readonly severity: Severity;
  /** Whether warnings make the exit code 1. */
  readonly strict: boolean;
}

/** `FORMAT=FILE` of an `--output` option. @throws SocratesError `usage` */
function outputOf(text: string): FindingsSettings["outputs"][number] {
  const [, word = "", file = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const format = findingsFormats.find((known) => known === word);
  if (format === undefined || file === "")
    throw new SocratesError("usage", `--output "${text}" is not a format and a file`, {
      hint: `Write --output FORMAT=FILE, for example --output sarif=drift.sarif; the formats are ${findingsFormats.join(", ")}.`,
    });
  return { format, file };
}

/** The file to which a finding belongs that is stated nowhere. */
export function placeOfFindings({ files, configFile }: Config): string {
  return files.document ?? configFile ?? "socrates-db.config.json";
}

/** @throws SocratesError `usage` for a format, severity or output that does not exist */
export function findingsSettings({ options }: Invocation, file: ConfigFile): FindingsSettings {
  return {
    format: choiceOption(options, "format", findingsFormats, "text"),
    outputs: listOption(options, "output").map(outputOf),
    ignore: [
      ...listOption(options, "ignore").map((text) => ignoreRule(text)),
      ...(file.ignore ?? []).map(({ object, reason }) => ignoreRule(object, reason)),
    ],
    severity: choiceOption(options, "severity", severities, file.severity ?? "advice"),
    strict: flagOption(options, "strict") || file.strict === true,
  };
}

function count(number: number, word: string): string {
  return `${number} ${number === 1 ? word : `${word}s`}`;
}

/** Says what is not shown, and why. */
function leftOut(all: readonly Finding[], shown: readonly Finding[], settings: FindingsSettings): string[] {
  const kept = withoutIgnored(all, settings.ignore);
  const [ignored, light] = [all.length - kept.length, kept.length - shown.length];
  return [
    ...(ignored === 0 ? [] : [`${count(ignored, "finding")} ignored`]),
    ...(light === 0 ? [] : [`${count(light, "finding")} below severity ${settings.severity} not shown`]),
  ];
}

/** Formats whose readers look for files from the root of the repository. */
const ofRepository: ReadonlySet<FindingsFormat> = new Set(["github", "sarif"]);

/** A report in a format, with the places that its readers expect. */
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

/**
 * Prints findings in the format asked for, and says how the program ends: 1 where one of them counts.
 * @throws SocratesError `output-failed` for a file that cannot be written
 */
export async function report(
  invocation: Invocation,
  content: FindingsReport,
  settings: FindingsSettings,
): Promise<ExitCode> {
  const { io, options } = invocation;
  const findings = sortFindings(withoutIgnored(content.findings, settings.ignore)).filter((finding) =>
    isAtLeast(finding, settings.severity),
  );
  const summary = [...content.summary, ...leftOut(content.findings, findings, settings)];
  const whole = { ...content, findings, summary };
  const color = reportColor({ io, options });
  for (const { format, file } of settings.outputs)
    writeReport(path.resolve(io.cwd, file), io.clean(render(invocation, whole, format, style(false))));
  await io.out(render(invocation, whole, settings.format, style(color, io.columns)));
  const counts = ({ severity }: Finding) =>
    severity === "error" || (severity === "warning" && settings.strict);
  return findings.some(counts) ? 1 : 0;
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new SocratesError("output-failed", `the report ${file} cannot be written`, {
      hint: "Check that its folder exists and can be written.",
      cause,
    });
  }
}
