import type { CommandDefinition } from "./command.ts";
import { formatOption, runOptions } from "./options.ts";

export const adopt: CommandDefinition = {
  name: "adopt",
  summary:
    "take over databases that have the tables, but no ledger: find where they stand, and write it down",
  migrates: true,
  examples: ["adopt --dry-run", "adopt --database specs --format json"],
  configure: (command) => {
    command.option("--dry-run", "say where the databases stand, and write nothing");
    runOptions(command);
    formatOption(command);
  },
  action: async () => (await import("../actions/schemas.ts")).adoptAction,
};
