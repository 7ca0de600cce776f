import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { hazardMeanings } from "../../rehearse/hazards/index.ts";
import { rehearsalContent, rehearse } from "../../rehearse/rehearse.ts";
import type { RehearsedStatement } from "../../rehearse/statements.ts";
import { findingsSettings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/rehearse.ts";
import { report } from "../findings.ts";
import { printError } from "../print-error.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db rehearse` */
export const rehearseAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  const files = args.flatMap((file) => file ?? []);
  const [phase, to, since] = [given(options.phase), given(options.to), given(options.since)];
  if (files.length > 0 && [phase, to, since].some((one) => one !== undefined))
    throw new SocratesError("usage", "files are rehearsed as they are given", {
      hint: "Leave out --phase, --to and --since, or the files.",
    });
  const statements = given(options.statements);
  const isOffline = files.length > 0 || since !== undefined;
  const workspace = await workspaceOf(invocation, {
    databases: isOffline && statements !== "live" ? "unused" : "used",
  });
  const settings = findingsSettings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const result = await withInterrupt(io, (signal) =>
    rehearse(workspace, {
      phase,
      to,
      since,
      files,
      statements,
      live: given(options.live),
      waitForQuiet: given(options.waitForQuiet),
      stats: given(options.stats),
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const content = {
    title: "socrates-db rehearse",
    place: fallbackFile(workspace),
    summary: result.summary,
    rules: hazardMeanings(),
    ...rehearsalContent(result),
  };
  const failOn = given(options.failOn) ?? settings.failOn;
  const code = await report(invocation, content, { ...settings, failOn });
  return result.isIncomplete ? printError(invocation, incomplete(result.statements)) : code;
};

function incomplete(statements: readonly RehearsedStatement[]): SocratesError {
  const number = statements.filter(({ measured }) => !measured).length;
  const what = number === 1 ? "1 statement" : `${number} statements`;
  return new SocratesError("rehearsal-incomplete", `${what} could not be measured`, {
    hint: "Each finding not-measured says why.",
  });
}
