import { doctor } from "../../project/doctor.ts";
import { doctorJson, doctorText } from "../../report/doctor.ts";
import { formatOption } from "../arguments/common-options.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db doctor` */
export const doctorAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const checks = await doctor(() => workspaceOf(invocation, { migrations: "optional" }));
  await io.out(
    given(formatOption) === "json" ? doctorJson(checks) : doctorText(checks, reportStyle(invocation)),
  );
  return checks.some(({ state }) => state === "failed") ? 1 : 0;
};
