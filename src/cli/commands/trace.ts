import { documentOption, formatOption } from "../arguments/common-options.ts";
import type { CommandDefinition } from "./command.ts";

export const trace: CommandDefinition = {
  name: "trace <object>",
  summary:
    "follow an object from the document through its migrations to the database, and what is tied to it",
  examples: ["trace users.email", "trace specs.projects", "trace idx_users_email --format json"],
  options: { document: documentOption, format: formatOption },
  action: async () => (await import("../actions/trace.ts")).traceAction,
};
