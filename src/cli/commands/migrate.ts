import { formatOption, phaseOption, waitForQuietOption } from "../arguments/common-options.ts";
import { flag, integer, text } from "../arguments/option.ts";
import { runOptions } from "../arguments/run-options.ts";
import type { CommandDefinition } from "./command.ts";

export const options = {
  phase: phaseOption("stop at the end of this phase"),
  to: integer("--to <number>", { summary: "stop after the migration of this number", min: 1 }),
  dryRun: flag("--dry-run", { summary: "print the plan with its SQL and change nothing" }),
  confirm: text("--confirm <number=outcome>", {
    summary:
      "outcome of an interrupted statement outside transactions: 012=done, or 012=undone to run it again",
    values: ["NNN=done", "NNN=undone"],
  }),
  atomic: flag("--atomic", { summary: "one transaction per database for all pending migrations" }),
  waitForQuiet: waitForQuietOption,
  rebuildInvalid: flag("--rebuild-invalid", {
    summary:
      "drop an invalid index that an earlier try of CREATE INDEX CONCURRENTLY has left, and build it again",
  }),
  ...runOptions,
  format: formatOption,
} as const;

export const migrate: CommandDefinition = {
  name: "migrate",
  summary: "apply the pending migrations, to the end of a phase (default: the last)",
  migrates: true,
  examples: ["migrate --phase 3", "migrate --dry-run", "migrate --to 007 --lock-timeout 2s --format json"],
  options,
  exclusive: [
    [options.phase, options.to],
    [options.confirm, options.dryRun],
    [options.waitForQuiet, options.dryRun],
    [options.rebuildInvalid, options.dryRun],
  ],
  action: async () => (await import("../actions/migrate.ts")).migrateAction,
};
