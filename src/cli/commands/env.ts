import { formatOption } from "../arguments/common-options.ts";
import type { CommandDefinition } from "./command.ts";

export const options = { format: formatOption } as const;

export const env: CommandDefinition = {
  name: "env",
  summary: "print the URLs of the databases that serve offers",
  examples: ["env", "env --format json"],
  options,
  action: async () => (await import("../actions/env.ts")).envAction,
};
