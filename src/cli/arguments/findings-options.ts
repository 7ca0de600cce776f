import { sharedOptions } from "../../config/shared-options.ts";
import { SocratesError } from "../../errors.ts";
import { type FindingsFormat, findingsFormats } from "../../report/findings/formats.ts";
import { choice, flag, list } from "./option.ts";

/** A file for a report, with its format. */
export interface ReportFile {
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
    (glob) => glob,
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
