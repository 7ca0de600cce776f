import type { CommandDefinition } from "./command.ts";
import { formatOption, runOptions } from "./options.ts";

export const seed: CommandDefinition = {
  name: "seed",
  summary: "fill the tables of both databases with made-up data that hangs together",
  examples: [
    "seed",
    "seed --users 50 --seed 1",
    "seed --scale large --reset --yes",
    "seed --append --users 10 --seed 2",
  ],
  configure: (command) => {
    command
      .option("--users <n>", "how many users; what they have made comes along")
      .option(
        "--scale <size>",
        "small, medium or large: about a thousand, 100 thousand or 10 million rows (default: small)",
      )
      .option("--seed <k>", "which data: the same number gives the same rows (default: 1)")
      .option("--append", "add users to those that were seeded before")
      .option("--reset", "remove what was seeded before, and begin anew")
      .option("--yes", "remove without asking")
      .option("--allow-remote", "fill a server that is not this machine");
    runOptions(command);
    formatOption(command);
  },
  action: async () => (await import("../actions/seed.ts")).seedAction,
};
