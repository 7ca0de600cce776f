import type { CommandDefinition } from "./command.ts";
import { formatOption, runOptions } from "./options.ts";

export const migrate: CommandDefinition = {
  name: "migrate",
  summary: "bring both databases to the end of a phase (default: the last)",
  migrates: true,
  examples: ["migrate --phase 3", "migrate --dry-run", "migrate --to 007 --lock-timeout 2s --format json"],
  configure: (command) => {
    command
      .option("--phase <n>", "stop at the end of this phase")
      .option("--to <number>", "stop after the migration of this number")
      .option("--dry-run", "print the plan with its SQL and change nothing")
      .option(
        "--confirm <number=outcome>",
        "what became of an interrupted statement outside transactions: 012=done, or 012=undone to run it again",
      )
      .option("--atomic", "one transaction per database over all that is pending");
    runOptions(command);
    formatOption(command);
  },
  action: async () => (await import("../actions/runs.ts")).migrateAction,
};
