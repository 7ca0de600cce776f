import { SocratesError } from "../../errors.ts";
import { planJson, planText } from "../../report/plan.ts";
import { runJson, runText } from "../../report/run.ts";
import { migrate, planMigrate } from "../../runner/migrate.ts";
import type { Confirmation } from "../../runner/settle.ts";
import { choiceOption, exclusive, flagOption, numberOption, textOption } from "../arguments/options.ts";
import { readBounds, withRunSettings } from "../arguments/run-settings.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";

/** Reads `012=done`. @throws SocratesError `usage` */
function readConfirmation(text: string | undefined): Confirmation | undefined {
  if (text === undefined) return undefined;
  const [, number, outcome] = /^(\d{1,9})=(done|undone)$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new SocratesError("usage", `--confirm "${text}" is not a migration number with done or undone`, {
      hint: "Write for example --confirm 012=done, or --confirm 012=undone to run it again.",
    });
  return { number: Number(number), outcome: outcome === "done" ? "done" : "undone" };
}

/** `socrates-db migrate` */
export const migrateAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  exclusive(options, ["phase", "to"]);
  const phase = numberOption(options, "phase", 0);
  const number = numberOption(options, "to", 1);
  const limit = { ...(phase !== undefined && { phase }), ...(number !== undefined && { number }) };
  const confirmation = readConfirmation(textOption(options, "confirm"));
  const dryRun = flagOption(options, "dryRun");
  if (dryRun) exclusive(options, ["confirm", "dryRun"]);
  const { config, project } = await openContext(invocation);
  const bounds = readBounds(invocation, config);
  if (dryRun) {
    const planned = await planMigrate(project, limit);
    if (format === "json") await io.out(planJson(project, planned, "up"));
    else await io.out(planText(planned, "up"), "exact");
    return 0;
  }
  const atomic = flagOption(options, "atomic");
  const result = await withRunSettings(invocation, config, bounds, "up", (settings) =>
    migrate(project, { ...settings, limit, atomic, ...(confirmation && { confirmation }) }),
  );
  await io.out(format === "json" ? runJson(project, result, "up") : runText(project, result, "up"));
  return 0;
};
