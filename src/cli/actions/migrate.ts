import { SocratesError } from "../../errors.ts";
import type { Limit } from "../../migrations/plan.ts";
import type { Workspace } from "../../project/workspace.ts";
import { jsonText } from "../../report/json.ts";
import { planReport, planText } from "../../report/plan.ts";
import { migrateReport, runText } from "../../report/run.ts";
import { migrate } from "../../runner/migrate.ts";
import type { Confirmation } from "../../runner/settle.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { readLimits, withRunSettings } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/migrate.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** Reads `012=done`. @throws SocratesError `usage` */
function readConfirmation(text: string | undefined): Confirmation | undefined {
  if (text === undefined) return undefined;
  const [, number, outcome] = /^(\d{1,9})=(done|undone)$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new SocratesError("usage", `--confirm "${text}" is not NNN=done or NNN=undone`, {
      hint: "Use for example --confirm 012=done, or --confirm 012=undone to run it again.",
    });
  return { number: Number(number), outcome: outcome === "done" ? "done" : "undone" };
}

/** `socrates-db migrate` */
export const migrateAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const isJson = given(options.format) === "json";
  const [phase, number] = [given(options.phase), given(options.to)];
  const limit = { ...(phase !== undefined && { phase }), ...(number !== undefined && { number }) };
  const confirmation = readConfirmation(given(options.confirm));
  const workspace = await workspaceOf(invocation);
  const { config, project } = workspace;
  const limits = readLimits(invocation, config);
  if (given(options.dryRun)) {
    const { planRehearsed } = await import("../../rehearse/planned.ts");
    const planned = await planRehearsed(workspace, limit);
    if (isJson) await io.out(jsonText(planReport(planned, "up")));
    else await io.out(planText(planned, "up"), "exact");
    return 0;
  }
  const atomic = given(options.atomic);
  const rebuildInvalid = given(options.rebuildInvalid);
  const waitForQuiet = given(options.waitForQuiet);
  if (waitForQuiet !== undefined) await quietMoment(invocation, workspace, limit, waitForQuiet);
  const result = await withRunSettings(invocation, config, limits, "up", (settings) =>
    migrate(project, { ...settings, limit, atomic, rebuildInvalid, ...(confirmation && { confirmation }) }),
  );
  await io.out(isJson ? jsonText(migrateReport(result)) : runText(result, "up"));
  return 0;
};

/** Waits for a moment in which the first statements have to wait for no one. @throws SocratesError `not-quiet` */
async function quietMoment(
  { io, given }: Invocation,
  workspace: Workspace,
  limit: Limit,
  waitForQuiet: number,
): Promise<void> {
  const { waitForQuietPlan } = await import("../../rehearse/planned.ts");
  const activity = openActivity(io, given(globalOptions.quiet));
  await withInterrupt(io, (signal) =>
    waitForQuietPlan(workspace, limit, waitForQuiet, { signal, onProgress: activity.show }),
  ).finally(activity.stop);
}
