import type { NamedDatabase } from "../../databases.ts";
import { formatOption, phaseOption } from "../arguments/common-options.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export const options = {
  phase: phaseOption("phase that it belongs to"),
  format: formatOption,
} as const;

export function create(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first, last } = exampleKeys(databases);
  return {
    name: "create <name>",
    summary: "write the two files of a new migration, with the next number",
    examples: [
      `create add_invoices --database ${last} --phase 6`,
      `create "index users by name" --database ${first} --phase 6`,
    ],
    options,
    action: async () => (await import("../actions/create.ts")).createAction,
  };
}
