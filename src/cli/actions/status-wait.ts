import { missingWords, readyTimeout, waitUntilReady } from "../../project/ready.ts";
import { jsonText } from "../../report/json.ts";
import { readyReport, statusText } from "../../report/status.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/status.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db status --wait` */
export const waitAction: Action = async (invocation) => {
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
};
