import { SocratesError } from "../../errors.ts";
import { pullStats } from "../../rehearse/pull.ts";
import { jsonText } from "../../report/json.ts";
import { statisticsReport, statisticsText } from "../../report/statistics.ts";
import { displayPath } from "../../sql/source-file.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/stats.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db stats pull` */
export const statsAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  if (args[0] !== "pull")
    throw new SocratesError("usage", `unknown job "${args[0] ?? ""}" of stats`, {
      hint: "Use: socrates-db stats pull",
    });
  const workspace = await workspaceOf(invocation);
  const result = await withInterrupt(io, (signal) =>
    pullStats(workspace, { out: given(options.out), signal }),
  );
  const report = statisticsReport(result);
  await io.out(
    given(options.format) === "json"
      ? jsonText(report)
      : statisticsText(report, displayPath(result.file), reportStyle(invocation)),
  );
  return 0;
};
