import type { NamedDatabase } from "../../databases.ts";
import { formatOption } from "../arguments/common-options.ts";
import { flag } from "../arguments/option.ts";
import { runOptions } from "../arguments/run-options.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export const options = {
  dryRun: flag("--dry-run", { summary: "show what would be recorded and write nothing" }),
  ...runOptions,
  format: formatOption,
} as const;

export function adopt(databases: readonly NamedDatabase[]): CommandDefinition {
  const { last } = exampleKeys(databases);
  return {
    name: "adopt",
    summary: "baseline existing databases: detect the last applied migration and record it",
    migrates: true,
    examples: ["adopt --dry-run", `adopt --database ${last} --format json`],
    options,
    action: async () => (await import("../actions/adopt.ts")).adoptAction,
  };
}
