import type { Finding } from "../../diff/finding.ts";
import type { FindingsReport } from "../../report/findings/report.ts";
import type { Invocation } from "../commands/command.ts";
import type { Context } from "../context.ts";

/** What one check has found, and what it says besides. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Lines for people. */
  readonly summary: readonly string[];
  /** What is right, a test case each. */
  readonly passed?: FindingsReport["passed"];
  /** Further keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One check of `verify`; `phase` is the one asked for. */
export type Check = (
  context: Context,
  invocation: Invocation,
  phase: number | undefined,
) => Promise<CheckResult>;
