import { SocratesError } from "../../errors.ts";
import type { RollbackLimit } from "../../migrations/plan.ts";
import { jsonText } from "../../report/json.ts";
import { planReport, planText } from "../../report/plan.ts";
import { rollbackReport, runText } from "../../report/run.ts";
import { planRollback, rollback } from "../../runner/rollback.ts";
import { readLimits, withRunSettings } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/rollback.ts";
import { workspaceOf } from "../workspace.ts";

function readLimit({ given }: Invocation): RollbackLimit {
  const [phase, number, steps] = [given(options.phase), given(options.to), given(options.steps)];
  if (phase !== undefined) return { phase };
  if (number !== undefined) return { number };
  if (steps !== undefined) return { steps };
  throw new SocratesError("usage", "rollback needs a limit", {
    hint: "Add --phase N, --to NNN or --steps K; --dry-run shows the plan.",
  });
}

/** `socrates-db rollback` */
export const rollbackAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const isJson = given(options.format) === "json";
  const limit = readLimit(invocation);
  const { config, project } = await workspaceOf(invocation);
  const limits = readLimits(invocation, config);
  if (given(options.dryRun)) {
    const planned = await withRunSettings(invocation, config, limits, "down", (settings) =>
      planRollback(project, limit, settings),
    );
    if (isJson) await io.out(jsonText(planReport(planned, "down")));
    else await io.out(planText(planned, "down"), "exact");
    return 0;
  }
  const allowDataLoss = given(options.allowDataLoss);
  const result = await withRunSettings(invocation, config, limits, "down", (settings) =>
    rollback(project, { ...settings, limit, allowDataLoss }),
  );
  await io.out(isJson ? jsonText(rollbackReport(result)) : runText(result, "down"));
  return 0;
};
