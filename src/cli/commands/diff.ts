import type { CommandDefinition } from "./command.ts";
import { findingsOptions } from "./options.ts";

export const diff: CommandDefinition = {
  name: "diff",
  summary: "compare the documented schema with the live databases, or any two sources",
  examples: [
    "diff",
    "diff --format github --strict",
    "diff --from migrations --to document",
    "diff --to ./dump.sql --database auth",
  ],
  configure: (command) => {
    command
      .option("--phase <n>", "compare as of this phase (default: the one that the database has reached)")
      .option(
        "--document <file>",
        "schema document (default: the one of the config file, or of this package)",
      )
      .option(
        "--from <source>",
        "what should be: document, live, migrations, a connection string, or SQL files (default: document)",
      )
      .option("--to <source>", "what is (default: live)");
    command.option("--privileges", "compare grants, too; for two live databases");
    findingsOptions(command);
  },
  action: async () => (await import("../actions/schemas.ts")).diffAction,
};
