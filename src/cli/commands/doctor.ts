import type { NamedDatabase } from "../../databases.ts";
import { formatOption } from "../arguments/common-options.ts";
import { type CommandDefinition, exampleKeys } from "./command.ts";

export function doctor(databases: readonly NamedDatabase[]): CommandDefinition {
  const { first } = exampleKeys(databases);
  return {
    name: "doctor",
    summary: "check what is configured, reachable, installed and allowed",
    examples: ["doctor", `doctor --database ${first} --format json`],
    options: { format: formatOption },
    action: async () => (await import("../actions/doctor.ts")).doctorAction,
  };
}
