import { adopt } from "../../adopt/adopt.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { adoptDetails, adoptLines } from "../../report/adopt.ts";
import { allFindings } from "../arguments/findings-settings.ts";
import { readLimits, withRunSettings } from "../arguments/run-settings.ts";
import { options } from "../commands/adopt.ts";
import type { Action } from "../commands/command.ts";
import { report } from "../findings.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db adopt` */
export const adoptAction: Action = async (invocation) => {
  const { given } = invocation;
  const workspace = await workspaceOf(invocation);
  const { config } = workspace;
  const limits = readLimits(invocation, config);
  const { outcome, databases, findings } = given(options.dryRun)
    ? await adopt(workspace, "dry-run")
    : await withRunSettings(invocation, config, limits, "up", (settings) => adopt(workspace, settings));
  return report(
    invocation,
    {
      title: "socrates-db adopt",
      place: fallbackFile(workspace),
      findings,
      summary: adoptLines(databases, outcome),
      details: adoptDetails(databases, outcome),
    },
    allFindings(given(options.format)),
  );
};
