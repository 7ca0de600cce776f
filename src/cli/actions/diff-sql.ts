import { SocratesError } from "../../errors.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { type RepairedDatabase, repairScripts } from "../../scripts/repair.ts";
import { scriptFindingsSettings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { scriptRules } from "../arguments/script-rules.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/diff.ts";
import { reportBeside } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** psql runs a script in one database. @throws SocratesError `usage` for two scripts */
function onlyScript(databases: readonly RepairedDatabase[]): string | undefined {
  const [first, second] = databases.filter(({ script }) => script !== undefined);
  if (first !== undefined && second !== undefined)
    throw new SocratesError(
      "usage",
      `${first.key} and ${second.key} differ, and a script is for one database`,
      {
        hint: `Add --database ${first.key}, then --database ${second.key}.`,
      },
    );
  return first?.script;
}

/** `socrates-db diff --format sql`: the script on stdout, everything else on stderr. */
export const diffSqlAction: Action = async (invocation) => {
  const { io, given } = invocation;
  if (given(options.settings))
    throw new SocratesError("usage", "no script changes settings of the database or of roles", {
      hint: "Leave out --settings, and change them with ALTER DATABASE and ALTER ROLE.",
    });
  const [from, to] = [given(options.from), given(options.to) ?? "live"];
  const workspace = await workspaceOf(invocation, {
    migrations: "optional",
    databases: [from, to].includes("live") ? "used" : "unused",
    document: given(options.document),
  });
  const settings = scriptFindingsSettings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const { databases, findings, summary } = await withInterrupt(io, (signal) =>
    repairScripts(workspace, {
      from,
      to,
      phase: given(options.phase),
      privileges: given(options.privileges),
      owners: given(options.owners),
      down: given(options.down),
      ...scriptRules(invocation, options),
      ignore: settings.ignore,
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const script = onlyScript(databases);
  const content = {
    title: "socrates-db diff --format sql",
    place: fallbackFile(workspace),
    findings,
    summary,
  };
  const code = reportBeside(invocation, content, settings);
  if (script === undefined) return code;
  await io.out(script, "exact");
  return 1;
};
