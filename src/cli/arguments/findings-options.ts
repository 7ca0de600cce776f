import type { ConfigFile } from "../../config/config-file.ts";
import { sharedOptions } from "../../config/shared-options.ts";
import { type IgnoreRule, ignoreRule } from "../../diff/ignore.ts";
import { SocratesError } from "../../errors.ts";
import { type FindingsFormat, findingsFormats } from "../../report/findings/formats.ts";
import type { Severity } from "../../severity.ts";
import type { Invocation } from "../commands/command.ts";
import { choice, flag, list } from "./option.ts";

/** A file for a report, with its format. */
interface ReportFile {
  readonly format: FindingsFormat;
  readonly file: string;
}

/** `FORMAT=FILE` of an `--output` option. @throws SocratesError `usage` */
function outputOf(text: string): ReportFile {
  const [, word = "", file = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const format = findingsFormats.find((known) => known === word);
  if (format === undefined || file === "")
    throw new SocratesError("usage", `--output "${text}" is not a format and a file`, {
      hint: `Write --output FORMAT=FILE, for example --output sarif=drift.sarif; the formats are ${findingsFormats.join(", ")}.`,
    });
  return { format, file };
}

/** The output of commands with findings. */
export const findingsOptions = {
  strict: flag("--strict", sharedOptions.strict),
  severity: choice("--severity <level>", sharedOptions.severity),
  ignore: list(
    "--ignore <glob>",
    {
      summary: "leave out objects, such as public.tmp_*, or one attribute: public.users:comment; repeatable",
    },
    (text) => ignoreRule(text),
  ),
  output: list(
    "--output <format=file>",
    {
      summary: "also write the report to a file, such as sarif=drift.sarif; repeatable",
      values: findingsFormats.map((format) => `${format}=`),
    },
    outputOf,
  ),
  format: choice("--format <format>", {
    summary: `output: ${findingsFormats.join(", ")}`,
    values: findingsFormats,
    byDefault: "text",
  }),
} as const;

/** The report settings from the command line and the config file. */
export interface FindingsSettings {
  readonly format: FindingsFormat;
  /** Additional report files in other formats. */
  readonly outputs: readonly ReportFile[];
  readonly ignore: readonly IgnoreRule[];
  /** The lowest severity to report. */
  readonly severity: Severity;
  /** Whether warnings also exit with 1. */
  readonly strict: boolean;
}

/** The command line overrides the config file, which overrides the defaults; rules to ignore are combined. */
export function findingsSettings({ given }: Invocation, file: ConfigFile): FindingsSettings {
  return {
    format: given(findingsOptions.format) ?? "text",
    outputs: given(findingsOptions.output),
    ignore: [
      ...given(findingsOptions.ignore),
      ...(file.ignore ?? []).map(({ object, reason }) => ignoreRule(object, reason)),
    ],
    severity: given(findingsOptions.severity) ?? file.severity ?? sharedOptions.severity.byDefault,
    strict: given(findingsOptions.strict) || file.strict === true,
  };
}

/** A report of all findings, for commands that cannot ignore any. */
export function allFindings(format: FindingsFormat = "text"): FindingsSettings {
  return { format, outputs: [], ignore: [], severity: "advice", strict: false };
}
