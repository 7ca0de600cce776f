import { jsonText } from "../../report/json.ts";
import { traceReport, traceText } from "../../report/trace.ts";
import { trace } from "../../trace/trace.ts";
import { documentOption, formatOption } from "../arguments/common-options.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db trace` */
export const traceAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  const [name = ""] = args;
  const workspace = await workspaceOf(invocation, { document: given(documentOption) });
  const traced = await trace(workspace, name);
  await io.out(
    given(formatOption) === "json"
      ? jsonText(traceReport(traced))
      : traceText(traced, reportStyle(invocation)),
  );
  return 0;
};
