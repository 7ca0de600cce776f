import path from "node:path";
import { SocratesError } from "../../errors.ts";
import { writePage } from "../../page/page.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { displayPath } from "../../sql/source-file.ts";
import { scriptFindingsSettings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/report.ts";
import { codeOf, prepare, writeReport } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db report --format html` */
export const reportPageAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  if (args[0] !== undefined || given(options.since) !== undefined)
    throw new SocratesError("usage", "--format html shows everything, not only what is new", {
      hint: "Leave out --since and the files, or use --format markdown.",
    });
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    document: given(options.document),
  });
  const settings = scriptFindingsSettings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const { html, page } = await withInterrupt(io, (signal) =>
    writePage(workspace, {
      ignore: settings.ignore,
      severity: settings.severity,
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const whole = prepare(
    invocation,
    {
      title: "socrates-db report",
      place: fallbackFile(workspace),
      findings: page.findings,
      summary: page.checks.flatMap(({ summary }) => summary),
    },
    settings,
  );
  const out = given(options.out) ?? "schema.html";
  if (out === "-") await io.out(html);
  else {
    const file = path.resolve(io.cwd, out);
    writeReport(file, io.clean(html));
    io.err(`wrote ${displayPath(file)}`);
  }
  for (const sentence of page.notRead) io.err(`warning: ${sentence}`);
  return codeOf(whole, { failOn: given(options.failOn) ?? settings.failOn });
};
