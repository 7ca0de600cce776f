import { formatOption, phaseOption } from "../arguments/common-options.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("phase that it belongs to"),
  format: formatOption,
} as const;

export const create: CommandDefinition = {
  name: "create <name>",
  summary: "write the two files of a new migration, with the next number",
  examples: [
    "create add_invoices --database specs --phase 6",
    'create "index users by name" --database auth --phase 6',
  ],
  options,
  action: async () => (await import("../actions/create.ts")).createAction,
};
