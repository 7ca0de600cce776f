import { diff } from "../../compare/diff.ts";
import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { findingsSettings } from "../arguments/findings-settings.ts";
import { longName } from "../arguments/option.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/diff.ts";
import { report } from "../findings.ts";
import { workspaceOf } from "../workspace.ts";

/** @throws SocratesError `usage` for an option of scripts without one */
function refuseWithoutScript({ given }: Invocation): void {
  const ofScripts = [
    given(options.down) && options.down,
    given(options.allowDrops) && options.allowDrops,
    given(options.plain) && options.plain,
    given(options.rename).length > 0 && options.rename,
  ];
  const used = ofScripts.find((option) => option !== false);
  if (used !== undefined)
    throw new SocratesError("usage", `${longName(used)} is for scripts`, {
      hint: `Add --format sql, or leave out ${longName(used)}.`,
    });
}

/** `socrates-db diff` */
export const diffAction: Action = async (invocation) => {
  const { given } = invocation;
  if (given(options.format) === "sql") return (await import("./diff-sql.ts")).diffSqlAction(invocation);
  refuseWithoutScript(invocation);
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
