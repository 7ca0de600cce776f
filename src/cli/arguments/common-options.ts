import { sharedOptions } from "../../config/shared-options.ts";
import { type CommandOption, choice, integer, paths } from "./option.ts";

/** The output of commands without findings. */
export const formatOption = choice("--format <format>", {
  summary: "output: text, json",
  values: ["text", "json"],
  byDefault: "text",
});

/** The document to use instead of the configured one. */
export const documentOption = paths("--document <file>", sharedOptions.document);

/** `--phase`, whose meaning depends on the command. */
export function phaseOption(summary: string, byDefault?: string): CommandOption<number | undefined> {
  return integer("--phase <n>", { summary, min: 0, ...(byDefault !== undefined && { byDefault }) });
}
