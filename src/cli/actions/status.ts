import { SocratesError } from "../../errors.ts";
import { status } from "../../project/status.ts";
import { jsonText } from "../../report/json.ts";
import { statusReport, statusText } from "../../report/status.ts";
import { reportStyle } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/status.ts";
import { workspaceOf } from "../workspace.ts";

/** @throws SocratesError `usage` for options that only --wait has */
function checkOptions({ given }: Invocation): void {
  if (given(options.phase) === undefined && given(options.timeout) === undefined) return;
  throw new SocratesError("usage", "--phase and --timeout need --wait", { hint: "Add --wait." });
}

/** `socrates-db status` */
export const statusAction: Action = async (invocation) => {
  const { io, given } = invocation;
  if (given(options.wait)) return (await import("./status-wait.ts")).waitAction(invocation);
  checkOptions(invocation);
  const { project } = await workspaceOf(invocation);
  const databases = await status(project);
  const isJson = given(options.format) === "json";
  await io.out(isJson ? jsonText(statusReport(databases)) : statusText(databases, reportStyle(invocation)));
  const clean = databases.every(({ migrations }) => migrations.every(({ state }) => state === "applied"));
  return given(options.check) && !clean ? 1 : 0;
};
