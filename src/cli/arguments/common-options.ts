import { sharedOptions } from "../../config/shared-options.ts";
import { type CommandOption, choice, integer, path } from "./option.ts";

/** The output of the commands that report no findings. */
export const formatOption = choice("--format <format>", {
  summary: "output: text, json",
  values: ["text", "json"],
  byDefault: "text",
});

/** The document to use instead of the configured one. */
export const documentOption = path("--document <file>", sharedOptions.document);

/** `--phase`, which means something else to each command. */
export function phaseOption(summary: string, byDefault?: string): CommandOption<number | undefined> {
  return integer("--phase <n>", { summary, min: 0, ...(byDefault !== undefined && { byDefault }) });
}
