import { documentOption, formatOption } from "../arguments/common-options.ts";
import type { CommandDefinition } from "./command.ts";

export const trace: CommandDefinition = {
  name: "trace <object>",
  summary: "show an object in the document, its migrations and the database, and what refers to it",
  examples: ["trace users.email", "trace specs.projects", "trace idx_users_email --format json"],
  options: { document: documentOption, format: formatOption },
  action: async () => (await import("../actions/trace.ts")).traceAction,
};
