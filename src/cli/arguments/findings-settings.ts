import type { ConfigFile } from "../../config/config-file.ts";
import { sharedOptions } from "../../config/shared-options.ts";
import { type IgnoreRule, ignoreRule } from "../../diff/ignore.ts";
import type { FindingsFormat } from "../../report/findings/formats.ts";
import type { Severity } from "../../severity.ts";
import type { Invocation } from "../commands/command.ts";
import { findingsOptions, type ReportFile } from "./findings-options.ts";

/** What the command line and the config file say about a report of findings. */
export interface FindingsSettings {
  readonly format: FindingsFormat;
  /** Files that get the report as well, in other formats. */
  readonly outputs: readonly ReportFile[];
  readonly ignore: readonly IgnoreRule[];
  /** The lightest severity that is reported. */
  readonly severity: Severity;
  /** Whether warnings make the exit code 1. */
  readonly strict: boolean;
}

/** From the command line, else from the config file, else the defaults; rules to ignore come from both. */
export function findingsSettings({ given }: Invocation, file: ConfigFile): FindingsSettings {
  return {
    format: given(findingsOptions.format) ?? "text",
    outputs: given(findingsOptions.output),
    ignore: [
      ...given(findingsOptions.ignore).map((text) => ignoreRule(text)),
      ...(file.ignore ?? []).map(({ object, reason }) => ignoreRule(object, reason)),
    ],
    severity: given(findingsOptions.severity) ?? file.severity ?? sharedOptions.severity.byDefault,
    strict: given(findingsOptions.strict) || file.strict === true,
  };
}

/** A report of all findings, for commands that cannot leave any out. */
export function allFindings(format: FindingsFormat = "text"): FindingsSettings {
  return { format, outputs: [], ignore: [], severity: "advice", strict: false };
}
