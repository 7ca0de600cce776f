import { toolNames } from "../../init/model.ts";
import { formatOption } from "../arguments/common-options.ts";
import { choice, flag, list, path } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  tool: choice("--tool <tool>", {
    summary: "take over the migrations of this tool, if the repository has several",
    values: toolNames,
  }),
  folder: path("--folder <dir>", { summary: "take over the migrations of this folder" }),
  from: list(
    "--from <key=url>",
    {
      summary:
        "write a baseline and the document of this existing database (repeatable); without =url, of DATABASE_URL_KEY",
    },
    (given) => given,
  ),
  dryRun: flag("--dry-run", { summary: "print what would be written, and write nothing" }),
  format: formatOption,
} as const;

export const init: CommandDefinition = {
  name: "init",
  summary: "set up an application's repository; take over another tool's migrations or existing databases",
  examples: ["init --tool flyway", "init --from shop=postgres://localhost/shop"],
  options,
  action: async () => (await import("../actions/init.ts")).initAction,
};
