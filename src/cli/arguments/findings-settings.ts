import type { ConfigFile } from "../../config/config-values.ts";
import { sharedOptions } from "../../config/shared-options.ts";
import { type IgnoreRule, ignoreRule } from "../../diff/ignore.ts";
import type { FindingsFormat } from "../../report/findings/formats.ts";
import type { Severity } from "../../severity.ts";
import type { Invocation } from "../commands/command.ts";
import { findingsOptions, type ReportFile } from "./findings-options.ts";

/** The report settings from the command line and the config file. */
export interface FindingsSettings {
  readonly format: FindingsFormat;
  /** Additional report files in other formats. */
  readonly outputs: readonly ReportFile[];
  readonly ignore: readonly IgnoreRule[];
  /** The lowest severity to report. */
  readonly severity: Severity;
  /** The lowest severity that exits with 1. */
  readonly failOn: Severity;
}

/** The command line overrides the config file, which overrides the defaults; rules to ignore are combined. */
export function findingsSettings(invocation: Invocation, file: ConfigFile): FindingsSettings {
  return {
    ...scriptFindingsSettings(invocation, file),
    format: invocation.given(findingsOptions.format) ?? "text",
  };
}

/** The report settings of a command that prints a script: the report itself is text. */
export function scriptFindingsSettings({ given }: Invocation, file: ConfigFile): FindingsSettings {
  return {
    format: "text",
    outputs: given(findingsOptions.output),
    ignore: [
      ...given(findingsOptions.ignore).map((text) => ignoreRule(text)),
      ...(file.ignore ?? []).map(({ object, reason }) => ignoreRule(object, reason)),
    ],
    severity: given(findingsOptions.severity) ?? file.severity ?? sharedOptions.severity.byDefault,
    failOn: given(findingsOptions.strict) || file.strict === true ? "warning" : "error",
  };
}

/** A report of all findings, for commands that cannot ignore any. */
export function allFindings(format: FindingsFormat = "text"): FindingsSettings {
  return { format, outputs: [], ignore: [], severity: "advice", failOn: "error" };
}
