import { SocratesError } from "../../errors.ts";
import type { RollbackLimit } from "../../migrations/plan.ts";
import { planJson, planText } from "../../report/plan.ts";
import { runJson, runText } from "../../report/run.ts";
import { planRollback, rollback } from "../../runner/rollback.ts";
import { choiceOption, exclusive, flagOption, numberOption } from "../arguments/options.ts";
import { readBounds, withRunSettings } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { openContext } from "../context.ts";

function readLimit(options: Invocation["options"]): RollbackLimit {
  exclusive(options, ["phase", "to", "steps"]);
  const phase = numberOption(options, "phase", 0);
  if (phase !== undefined) return { phase };
  const number = numberOption(options, "to", 0);
  if (number !== undefined) return { number };
  const steps = numberOption(options, "steps", 1);
  if (steps !== undefined) return { steps };
  throw new SocratesError("usage", "rollback needs to know how far", {
    hint: "Add --phase N, --to NNN or --steps K; --dry-run shows what would happen.",
  });
}

/** `socrates-db rollback` */
export const rollbackAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  const limit = readLimit(options);
  const { config, project } = await openContext(invocation);
  const bounds = readBounds(invocation, config);
  if (flagOption(options, "dryRun")) {
    const planned = await withRunSettings(invocation, config, bounds, "down", (settings) =>
      planRollback(project, limit, settings),
    );
    if (format === "json") await io.out(planJson(project, planned, "down"));
    else await io.out(planText(planned, "down"), "exact");
    return 0;
  }
  const allowDataLoss = flagOption(options, "allowDataLoss");
  const result = await withRunSettings(invocation, config, bounds, "down", (settings) =>
    rollback(project, { ...settings, limit, allowDataLoss }),
  );
  await io.out(format === "json" ? runJson(project, result, "down") : runText(project, result, "down"));
  return 0;
};
