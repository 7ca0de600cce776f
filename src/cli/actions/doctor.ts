import { doctor } from "../../project/doctor.ts";
import { doctorReport, doctorText } from "../../report/doctor.ts";
import { jsonText } from "../../report/json.ts";
import { formatOption } from "../arguments/common-options.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db doctor` */
export const doctorAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const checks = await doctor(() => workspaceOf(invocation, { migrations: "optional" }));
  await io.out(
    given(formatOption) === "json"
      ? jsonText(doctorReport(checks))
      : doctorText(checks, reportStyle(invocation)),
  );
  return checks.some(({ state }) => state === "failed") ? 1 : 0;
};
