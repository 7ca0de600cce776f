import type { Finding } from "../diff/finding.ts";
import type { IgnoreRule } from "../diff/ignore.ts";
import { reportedFindings } from "../diff/reported.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import type { Severity } from "../severity.ts";
import type { CheckResult } from "../verify/checks/check.ts";
import { type CheckName, checkNames, needsOf } from "../verify/checks/names.ts";
import { combinedFindings, notChecked, verify } from "../verify/verify.ts";
import type { PageCheck } from "./model.ts";

export interface PageOptions {
  readonly ignore: readonly IgnoreRule[];
  /** The lowest severity of findings on the page. */
  readonly severity: Severity;
  readonly signal: AbortSignal;
  /** Receives the current step, in a few words. */
  readonly onProgress: (text: string) => void;
}

/** The checks of `verify` that could run. */
export interface Checked {
  readonly checks: readonly PageCheck[];
  readonly findings: readonly Finding[];
  readonly results: ReadonlyMap<CheckName, CheckResult>;
}

/**
 * Makes every check that is possible: one that cannot run does not stop the others.
 * @param readable the workspace with only the databases that can be read
 */
export async function runChecks(
  workspace: Workspace,
  readable: Workspace,
  options: PageOptions,
): Promise<Checked> {
  const checks: PageCheck[] = [];
  const results = new Map<CheckName, CheckResult>();
  const { ignore, severity, signal, onProgress } = options;
  // Without samples: a page is shared, so no value of a row belongs on it.
  const settings = { phase: undefined, sample: 0, recall: false, ignore, signal, onProgress };
  for (const name of checkNames) {
    signal.throwIfAborted();
    const needs = needsOf(name);
    const skipped =
      notChecked(name, workspace)?.replace(`${name}: not checked, `, "") ??
      (needs.databases && readable.project.databases.length === 0 ? "no database was read" : undefined);
    const result = skipped ?? (await attempt(name, needs.databases ? readable : workspace, settings));
    if (typeof result === "string") checks.push({ name, summary: [], notRun: result });
    else {
      results.set(name, result);
      checks.push({ name, summary: result.summary, notRun: undefined });
    }
  }
  const findings = reportedFindings(combinedFindings(results), ignore, severity);
  return { checks, findings, results };
}

/** The result of a check, or why it could not run. */
async function attempt(
  name: CheckName,
  workspace: Workspace,
  settings: Parameters<typeof verify>[2],
): Promise<CheckResult | string> {
  try {
    return await verify(workspace, name, settings);
  } catch (error) {
    if (!(error instanceof SocratesError) || error.code === "interrupted") throw error;
    return error.message;
  }
}
