import { migrate, planMigrate } from "../../migrations/migrate.ts";
import { planJson, planText } from "../../report/plan.ts";
import { runJson, runText } from "../../report/run.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { choiceOption, exclusive, flagOption, numberOption } from "../options.ts";
import { readBounds, withRunSettings } from "../run-settings.ts";

/** `socrates-db migrate` */
export const migrateAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  exclusive(options, ["phase", "to"]);
  const phase = numberOption(options, "phase", 0);
  const number = numberOption(options, "to", 1);
  const limit = { ...(phase !== undefined && { phase }), ...(number !== undefined && { number }) };
  const { config, project } = await openContext(invocation);
  const bounds = readBounds(invocation, config);
  if (flagOption(options, "dryRun")) {
    const planned = await planMigrate(project, limit);
    await io.out(format === "json" ? planJson(project, planned, "up") : planText(planned, "up"));
    return 0;
  }
  const atomic = flagOption(options, "atomic");
  const result = await withRunSettings(invocation, config, bounds, (settings) =>
    migrate(project, { ...settings, limit, atomic }),
  );
  await io.out(format === "json" ? runJson(project, result, "up") : runText(project, result, "up"));
  return 0;
};
