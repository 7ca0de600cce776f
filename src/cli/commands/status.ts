import { formatOption, phaseOption } from "../arguments/common-options.ts";
import { duration, flag } from "../arguments/option.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  check: flag("--check", { summary: "exit 1 when anything is pending or wrong" }),
  wait: flag("--wait", { summary: "wait until all migrations are applied; exit 1 if they are not in time" }),
  phase: phaseOption("with --wait: only the migrations up to the end of this phase"),
  timeout: duration("--timeout <time>", {
    summary: "with --wait: how long; 0 checks once",
    byDefault: "60s",
  }),
  format: formatOption,
} as const;

export const status: CommandDefinition = {
  name: "status",
  summary: "show every migration and the phase that each database has reached",
  examples: ["status", "status --check --format json", "status --wait --phase 3 --timeout 2min"],
  options,
  exclusive: [[options.check, options.wait]],
  action: async () => (await import("../actions/status.ts")).statusAction,
};
