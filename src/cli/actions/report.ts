import path from "node:path";
import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { hazardMeanings } from "../../rehearse/hazards/index.ts";
import { reviewContent } from "../../report/review/content.ts";
import { renderReview } from "../../report/review/index.ts";
import { style } from "../../report/style.ts";
import { review } from "../../review/review.ts";
import { findingsSettings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/report.ts";
import { codeOf, prepare, writeReport } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db report` */
export const reportAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  const format = given(options.format) ?? "text";
  if (format === "html") return (await import("./report-page.ts")).reportPageAction(invocation);
  const files = args.flatMap((file) => file ?? []);
  const since = given(options.since);
  if (files.length > 0 && since !== undefined)
    throw new SocratesError("usage", "--since and files both say which migrations are new", {
      hint: "Leave out --since, or the files.",
    });
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    databases: "unused",
    document: given(options.document),
  });
  const settings = findingsSettings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const result = await withInterrupt(io, (signal) =>
    review(workspace, {
      since,
      ...(files.length > 0 && { files }),
      ignore: settings.ignore,
      severity: settings.severity,
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const content = {
    title: "socrates-db report",
    place: fallbackFile(workspace),
    rules: hazardMeanings(),
    ...reviewContent(result),
  };
  const whole = prepare(invocation, content, settings);
  const out = given(options.out) ?? "-";
  if (out === "-") await io.out(renderReview(result, whole, format, reportStyle(invocation)));
  else writeReport(path.resolve(io.cwd, out), io.clean(renderReview(result, whole, format, style(false))));
  return codeOf(whole, { failOn: given(options.failOn) ?? settings.failOn });
};
