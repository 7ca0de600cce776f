import type { Finding } from "../../diff/finding.ts";
import type { IgnoreRule } from "../../diff/ignore.ts";
import type { Workspace } from "../../project/workspace.ts";

/** What one check has found, and what it says besides. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Lines for people. */
  readonly summary: readonly string[];
  /** What is right, a test case each. */
  readonly passed?: readonly { readonly database: string; readonly name: string }[];
  /** Additional keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How checks are made. */
export interface CheckOptions {
  /** The phase to check at; undefined for the one that each database has reached. */
  readonly phase: number | undefined;
  /** How many dangling values of a reference are named. */
  readonly sample: number;
  /** Whether to measure what vector indexes find, which reads their tables in full. */
  readonly recall: boolean;
  readonly ignore: readonly IgnoreRule[];
  /** Cancels statements that run long. */
  readonly signal: AbortSignal;
  /** Takes what long work is doing, in a few words. */
  readonly onProgress: (text: string) => void;
}

/** One check of `verify`. */
export type Check = (workspace: Workspace, options: CheckOptions) => Promise<CheckResult>;
