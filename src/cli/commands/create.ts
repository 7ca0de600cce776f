import type { CommandDefinition } from "./command.ts";
import { formatOption } from "./options.ts";

export const create: CommandDefinition = {
  name: "create <name>",
  summary: "write the two files of a new migration, with the next number",
  examples: [
    "create add_invoices --database specs --phase 6",
    'create "index users by name" --database auth --phase 6',
  ],
  configure: (command) => {
    command.option("--phase <n>", "phase that it belongs to");
    formatOption(command);
  },
  action: async () => (await import("../actions/runs.ts")).createAction,
};
