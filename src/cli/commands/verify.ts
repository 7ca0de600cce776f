import type { CommandDefinition } from "./command.ts";
import { findingsOptions } from "./options.ts";

export const verify: CommandDefinition = {
  name: "verify [check]",
  summary:
    "check the documented indexes, that the document agrees with itself, or that later phases only add: indexes, document, phases, all",
  examples: [
    "verify indexes",
    "verify document --document docs/schema.md",
    "verify phases",
    "verify --format junit",
  ],
  configure: (command) => {
    command
      .option("--phase <n>", "check as of this phase (default: the one that the database has reached)")
      .option(
        "--document <file>",
        "schema document (default: the one of the config file, or of this package)",
      );
    command.option("--recall", "measure on a sample what vector indexes find; reads their tables in full");
    findingsOptions(command);
  },
  action: async () => (await import("../actions/verify.ts")).verifyAction,
};
