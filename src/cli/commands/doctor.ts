import type { CommandDefinition } from "./command.ts";
import { formatOption } from "./options.ts";

export const doctor: CommandDefinition = {
  name: "doctor",
  summary: "check what is configured, reachable, installed and allowed",
  examples: ["doctor", "doctor --database auth --format json"],
  configure: (command) => formatOption(command),
  action: async () => (await import("../actions/doctor.ts")).doctorAction,
};
