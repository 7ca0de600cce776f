import type { CommandDefinition } from "./command.ts";
import { findingsOptions } from "./options.ts";

export const verify: CommandDefinition = {
  name: "verify [check]",
  summary: "check the documented indexes, or that the document agrees with itself: indexes, document, all",
  examples: ["verify indexes", "verify document --document docs/schema.md", "verify --format junit"],
  configure: (command) => {
    command
      .option("--phase <n>", "check as of this phase (default: the one that the database has reached)")
      .option(
        "--document <file>",
        "schema document (default: the one of the config file, or of this package)",
      );
    command.option("--sample <n>", "how many orphans of a reference are named (default: 5)");
    command.option("--recall", "measure on a sample what vector indexes find; reads their tables in full");
    findingsOptions(command);
  },
  action: async () => (await import("../actions/verify.ts")).verifyAction,
};
