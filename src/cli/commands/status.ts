import { formatOption } from "../arguments/common-options.ts";
import { flag } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  check: flag("--check", { summary: "exit 1 when anything is pending or wrong" }),
  format: formatOption,
} as const;

export const status: CommandDefinition = {
  name: "status",
  summary: "show every migration and the phase that each database has reached",
  examples: ["status", "status --check --format json"],
  options,
  action: async () => (await import("../actions/status.ts")).statusAction,
};
