import type { CommandDefinition } from "./command.ts";
import { formatOption, runOptions } from "./options.ts";

export const rollback: CommandDefinition = {
  name: "rollback",
  summary: "undo the migrations above a phase or a number, or the last few",
  migrates: true,
  examples: ["rollback --phase 2", "rollback --steps 1 --dry-run", "rollback --to 004 --allow-data-loss"],
  configure: (command) => {
    command
      .option("--phase <n>", "undo what is above this phase")
      .option("--to <number>", "undo what is above this number; 0 undoes everything")
      .option("--steps <k>", "undo the last k migrations")
      .option("--allow-data-loss", "drop tables and columns even where they hold rows")
      .option("--dry-run", "print what would be undone with its SQL and change nothing");
    runOptions(command);
    formatOption(command);
  },
  action: async () => (await import("../actions/runs.ts")).rollbackAction,
};
