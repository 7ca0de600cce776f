import type { CommandDefinition } from "./command.ts";
import { formatOption } from "./options.ts";

export const status: CommandDefinition = {
  name: "status",
  summary: "show every migration and the phase that each database has reached",
  examples: ["status", "status --check --format json"],
  configure: (command) => {
    command.option("--check", "exit 1 when anything is pending or wrong");
    formatOption(command);
  },
  action: async () => (await import("../actions/status.ts")).statusAction,
};
