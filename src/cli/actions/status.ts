import { status } from "../../project/status.ts";
import { statusJson, statusText } from "../../report/status.ts";
import { style } from "../../report/style.ts";
import { choiceOption, flagOption } from "../arguments/options.ts";
import { reportColor } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";

/** `socrates-db status` */
export const statusAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  const { project } = await openContext(invocation);
  const databases = await status(project);
  const color = reportColor(invocation);
  await io.out(format === "json" ? statusJson(databases) : statusText(databases, style(color, io.columns)));
  const clean = databases.every(({ migrations }) => migrations.every(({ state }) => state === "applied"));
  return flagOption(options, "check") && !clean ? 1 : 0;
};
