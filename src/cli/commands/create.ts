import type { NamedDatabase } from "../../databases.ts";
import { documentOption, formatOption, phaseOption, scriptOptions } from "../arguments/common-options.ts";
import { choice } from "../arguments/option.ts";

import { type CommandDefinition, exampleKeys } from "./command.ts";

export const options = {
  phase: phaseOption("phase that it belongs to"),
  from: choice("--from <source>", {
    summary: "document: write the migrations that bring the end of each chain to the document",
    values: ["document"],
  }),
  document: documentOption,
  ...scriptOptions("with --from document"),
  format: formatOption,
} as const;

export function create(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first, last } = exampleKeys(databases);
  return {
    name: "create <name>",
    summary: "write the two files of a new migration, empty or from what the document has in addition",
    examples: [
      `create add_invoices --database ${last} --phase 6`,
      `create "index users by name" --database ${first} --phase 6`,
      "create add_invoices --from document",
    ],
    options,
    action: async () => (await import("../actions/create.ts")).createAction,
  };
}
