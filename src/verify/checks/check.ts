import type { Finding } from "../../diff/finding.ts";
import type { IgnoreRule } from "../../diff/ignore.ts";
import type { Workspace } from "../../project/workspace.ts";

/** The findings of one check, with its other output. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Summary lines for people. */
  readonly summary: readonly string[];
  /** What passed, as test cases. */
  readonly passed?: readonly { readonly database: string; readonly name: string }[];
  /** Additional keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Options of the checks. */
export interface CheckOptions {
  /** The phase to check at; undefined for the phase that each database has reached. */
  readonly phase: number | undefined;
  /** How many dangling values of a reference are listed. */
  readonly sample: number;
  /** Whether to measure the recall of vector indexes, which reads their tables in full. */
  readonly recall: boolean;
  readonly ignore: readonly IgnoreRule[];
  /** Cancels long statements. */
  readonly signal: AbortSignal;
  /** Receives the current step, in a few words. */
  readonly onProgress: (text: string) => void;
}

/** One check of `verify`. */
export type Check = (workspace: Workspace, options: CheckOptions) => Promise<CheckResult>;
