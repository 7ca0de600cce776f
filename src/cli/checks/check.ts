import type { Finding } from "../../diff/finding.ts";
import type { Invocation } from "../commands/command.ts";
import type { Context } from "../context.ts";

/** What one check has found, and what it says besides. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Lines for people. */
  readonly summary: readonly string[];
  /** Further keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One check of `verify`; `phase` is the one asked for. */
export type Check = (
  context: Context,
  invocation: Invocation,
  phase: number | undefined,
) => Promise<CheckResult>;
