import { SocratesError } from "../../errors.ts";
import { jsonText } from "../../report/json.ts";
import { syncText } from "../../report/sync.ts";
import { syncDocument } from "../../sync/sync.ts";
import { reportStyle } from "../color.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/document.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db document sync` */
export const documentAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  if (args[0] !== "sync")
    throw new SocratesError("usage", `unknown job "${args[0] ?? ""}" of document`, {
      hint: "Use: socrates-db document sync",
    });
  const from = given(options.from) ?? "migrations";
  const check = given(options.check);
  const dryRun = check || given(options.dryRun);
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    databases: from === "live" ? "used" : "unused",
    document: given(options.document),
  });
  const report = await withInterrupt(io, (signal) =>
    syncDocument(workspace, { from, prune: given(options.prune), dryRun, signal }),
  );
  await io.out(
    given(options.format) === "json" ? jsonText(report) : syncText(report, !dryRun, reportStyle(invocation)),
  );
  return check && report.changed.length > 0 ? 1 : 0;
};
