import type { NamedDatabase } from "../../databases.ts";
import { documentOption, formatOption } from "../arguments/common-options.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export function trace(databases: readonly NamedDatabase[]): CommandDefinition {
  const { last } = exampleKeys(databases);
  return {
    name: "trace <object>",
    summary: "show an object in the document, its migrations and the database, and what refers to it",
    examples: ["trace users.email", `trace ${last}.projects`, "trace idx_users_email --format json"],
    options: { document: documentOption, format: formatOption },
    action: async () => (await import("../actions/trace.ts")).traceAction,
  };
}
