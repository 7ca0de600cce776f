import { SocratesError } from "../../errors.ts";
import { missingWords, readyTimeout, waitUntilReady } from "../../project/ready.ts";
import { status } from "../../project/status.ts";
import { jsonText } from "../../report/json.ts";
import { readyReport, statusReport, statusText } from "../../report/status.ts";
import { reportStyle } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/status.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db status --wait` */
async function wait(invocation: Invocation): Promise<0 | 1> {
  const { io, given } = invocation;
  const { project } = await workspaceOf(invocation);
  const phase = given(options.phase);
  const timeout = given(options.timeout) ?? readyTimeout;
  const result = await withInterrupt(io, (signal) =>
    waitUntilReady(project, { phase, timeout, signal, onWait: (reason) => io.err(`waiting: ${reason}`) }),
  );
  if (given(options.format) === "json") await io.out(jsonText(readyReport(result)));
  else await io.out(statusText(result.databases, reportStyle(invocation)));
  for (const key of result.ahead) io.err(`${key} is ahead: a newer version has migrated it`);
  if (!result.ready) io.err(`not ready: ${missingWords(result)}`);
  return result.ready ? 0 : 1;
}

/** @throws SocratesError `usage` for options that only --wait has */
function checkOptions({ given }: Invocation): void {
  if (given(options.phase) === undefined && given(options.timeout) === undefined) return;
  throw new SocratesError("usage", "--phase and --timeout need --wait", { hint: "Add --wait." });
}

/** `socrates-db status` */
export const statusAction: Action = async (invocation) => {
  const { io, given } = invocation;
  if (given(options.wait)) return wait(invocation);
  checkOptions(invocation);
  const { project } = await workspaceOf(invocation);
  const databases = await status(project);
  const isJson = given(options.format) === "json";
  await io.out(isJson ? jsonText(statusReport(databases)) : statusText(databases, reportStyle(invocation)));
  const clean = databases.every(({ migrations }) => migrations.every(({ state }) => state === "applied"));
  return given(options.check) && !clean ? 1 : 0;
};
