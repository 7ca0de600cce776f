import { summarise } from "../../diff/finding.ts";
import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { fromDocumentReport } from "../../report/from-document.ts";
import { jsonText } from "../../report/json.ts";
import { visible } from "../../report/visible.ts";
import { migrationsFromDocument } from "../../scripts/from-document.ts";
import { displayPath } from "../../sql/source-file.ts";
import { allFindings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { scriptRules } from "../arguments/script-rules.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/create.ts";
import { reportBeside } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db create NAME --from document` */
export const createFromDocumentAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  if (given(options.phase) !== undefined)
    throw new SocratesError("usage", "--phase cannot be combined with --from document", {
      hint: "Leave it out: the document says to which phase each table belongs.",
    });
  const workspace = await workspaceOf(invocation, {
    databases: "unused",
    document: given(options.document),
  });
  const activity = openActivity(io, given(globalOptions.quiet));
  const result = await withInterrupt(io, (signal) =>
    migrationsFromDocument(workspace, {
      name: args[0] ?? "",
      ...scriptRules(invocation, options),
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const { written, findings, summary } = result;
  const content = { title: "socrates-db create", place: fallbackFile(workspace), findings, summary };
  const code = reportBeside(invocation, content, allFindings());
  const files = written.flatMap(({ up, down }) => (down === undefined ? [up] : [up, down]));
  await io.out(
    given(options.format) === "json"
      ? jsonText(fromDocumentReport(result, summarise(findings), displayPath))
      : files.map((file) => `${visible(displayPath(file))}\n`).join(""),
  );
  return code;
};
