import { diff } from "../../compare/diff.ts";
import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { findingsSettings } from "../arguments/findings-settings.ts";
import { refuseScriptOptions } from "../arguments/script-rules.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/diff.ts";
import { report } from "../findings.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db diff` */
export const diffAction: Action = async (invocation) => {
  const { given } = invocation;
  if (given(options.format) === "sql") return (await import("./diff-sql.ts")).diffSqlAction(invocation);
  refuseScriptOptions(invocation, options, "--format sql");
  if (given(options.down))
    throw new SocratesError("usage", "--down is for generated scripts", {
      hint: "Add --format sql, or exchange --from and --to.",
    });
  const [from, to] = [given(options.from), given(options.to) ?? "live"];
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    databases: [from, to].includes("live") ? "used" : "unused",
    document: given(options.document),
  });
  const settings = findingsSettings(invocation, workspace.config.file);
  const { findings, summary } = await diff(workspace, {
    from,
    to,
    phase: given(options.phase),
    privileges: given(options.privileges),
    owners: given(options.owners),
    settings: given(options.settings),
    ignore: settings.ignore,
  });
  const content = { title: "socrates-db diff", place: fallbackFile(workspace), findings, summary };
  return report(invocation, content, settings);
};
