import { formatOption, phaseOption } from "../arguments/common-options.ts";
import { flag, integer } from "../arguments/option.ts";
import { runOptions } from "../arguments/run-options.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("roll back everything above this phase"),
  to: integer("--to <number>", {
    summary: "roll back everything above this number; 0 rolls back everything",
    min: 0,
  }),
  steps: integer("--steps <k>", { summary: "roll back the last k migrations", min: 1 }),
  allowDataLoss: flag("--allow-data-loss", {
    summary: "drop tables and columns even where they hold rows",
  }),
  dryRun: flag("--dry-run", {
    summary: "print what would be rolled back with its SQL and change nothing",
  }),
  ...runOptions,
  format: formatOption,
} as const;

export const rollback: CommandDefinition = {
  name: "rollback",
  summary: "roll back the migrations above a phase or a number, or the last few",
  migrates: true,
  examples: ["rollback --phase 2", "rollback --steps 1 --dry-run", "rollback --to 004 --allow-data-loss"],
  options,
  exclusive: [[options.phase, options.to, options.steps]],
  action: async () => (await import("../actions/rollback.ts")).rollbackAction,
};
