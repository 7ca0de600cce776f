import type { CommandDefinition } from "./command.ts";
import { formatOption } from "./options.ts";

export const trace: CommandDefinition = {
  name: "trace <object>",
  summary:
    "follow an object from the document through its migrations to the database, and what is tied to it",
  examples: ["trace users.email", "trace specs.projects", "trace idx_users_email --format json"],
  configure: (command) => {
    command.option(
      "--document <file>",
      "schema document (default: the one of the config file, or of this package)",
    );
    formatOption(command);
  },
  action: async () => (await import("../actions/schemas.ts")).traceAction,
};
