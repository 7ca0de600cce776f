import { formatOption } from "../arguments/common-options.ts";
import type { CommandDefinition } from "./command.ts";

export const doctor: CommandDefinition = {
  name: "doctor",
  summary: "check what is configured, reachable, installed and allowed",
  examples: ["doctor", "doctor --database auth --format json"],
  options: { format: formatOption },
  action: async () => (await import("../actions/doctor.ts")).doctorAction,
};
