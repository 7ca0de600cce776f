import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { fallbackFile } from "../../project/workspace.ts";
import { type CheckName, checkNames, needsOf } from "../../verify/checks/names.ts";
import { verify } from "../../verify/verify.ts";
import { findingsSettings } from "../arguments/findings-settings.ts";
import { globalOptions } from "../arguments/global-options.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/verify.ts";
import { report } from "../findings.ts";
import { openActivity } from "../progress/activity.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { type Needs, workspaceOf } from "../workspace.ts";

/** @throws SocratesError `usage`, naming the nearest check */
function readCheck(word: string): CheckName | "all" {
  const known = [...checkNames, "all" as const];
  const found = known.find((name) => name === word);
  if (found !== undefined) return found;
  const near = nearest(word, known);
  throw new SocratesError("usage", `unknown check "${word}"`, {
    hint:
      near === undefined
        ? `Use one of: ${known.join(", ")}.`
        : `Did you mean "${near}"? The checks are: ${known.join(", ")}.`,
  });
}

/** All checks run with whatever is configured. */
function needs(check: CheckName | "all"): Needs {
  if (check === "all") return { migrations: "optional" };
  const { file, databases } = needsOf(check);
  return {
    migrations: file === "migrations" ? "required" : "optional",
    databases: databases ? "used" : "unused",
  };
}

/** `socrates-db verify` */
export const verifyAction: Action = async (invocation) => {
  const { io, given, args } = invocation;
  const check = readCheck(args[0] ?? "all");
  const workspace = await workspaceOf(invocation, { ...needs(check), document: given(options.document) });
  const settings = findingsSettings(invocation, workspace.config.file);
  const activity = openActivity(io, given(globalOptions.quiet));
  const result = await withInterrupt(io, (signal) =>
    verify(workspace, check, {
      phase: given(options.phase),
      sample: given(options.sample) ?? 5,
      recall: given(options.recall),
      ignore: settings.ignore,
      signal,
      onProgress: activity.show,
    }),
  ).finally(activity.stop);
  const content = { ...result, title: `socrates-db verify ${check}`, place: fallbackFile(workspace) };
  return report(invocation, content, settings);
};
