import { documentOption, formatOption } from "../arguments/common-options.ts";
import { choice, flag } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  from: choice("--from <source>", {
    summary: "what the document should describe: migrations, live",
    values: ["migrations", "live"],
    byDefault: "migrations",
  }),
  prune: flag("--prune", { summary: "also remove the sections of tables that do not exist" }),
  check: flag("--check", { summary: "write nothing; exit 1 if the document is out of date" }),
  dryRun: flag("--dry-run", { summary: "print what would change, and write nothing" }),
  document: documentOption,
  format: formatOption,
} as const;

export const document: CommandDefinition = {
  name: "document <job>",
  summary: "sync: bring the SQL, counts and drawings of the document up to date; its prose stays",
  examples: ["document sync --dry-run", "document sync --from live --check"],
  options,
  words: ["sync"],
  action: async () => (await import("../actions/document.ts")).documentAction,
};
