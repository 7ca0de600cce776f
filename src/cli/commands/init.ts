import { toolNames } from "../../init/model.ts";
import { formatOption } from "../arguments/common-options.ts";
import { choice, flag, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  tool: choice("--tool <tool>", {
    summary: "take over the migrations of this tool, if the repository has several",
    values: toolNames,
  }),
  folder: path("--folder <dir>", { summary: "take over the migrations of this folder" }),
  dryRun: flag("--dry-run", { summary: "print what would be written, and write nothing" }),
  format: formatOption,
} as const;

export const init: CommandDefinition = {
  name: "init",
  summary: "set up an application's repository; take over the migrations of another tool",
  examples: ["init --dry-run", "init --tool flyway"],
  options,
  action: async () => (await import("../actions/init.ts")).initAction,
};
