import path from "node:path";
import { writePage } from "../../page/page.ts";
import { displayPath } from "../../sql/source-file.ts";
import { countedFindings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/report.ts";
import { codeOf, writeReport } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db report` */
export const reportAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    document: given(options.document),
  });
  const { ignore, severity, failOn } = countedFindings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const { html, page } = await withInterrupt(io, (signal) =>
    writePage(workspace, { ignore, severity, signal, onProgress: activity.show }),
  ).finally(activity.stop);
  const out = given(options.out) ?? "schema.html";
  if (out === "-") await io.out(html);
  else {
    const file = path.resolve(io.cwd, out);
    writeReport(file, io.clean(html));
    io.err(`wrote ${displayPath(file)}`);
  }
  for (const sentence of page.notRead) io.err(`warning: ${sentence}`);
  return codeOf(page, { failOn });
};
