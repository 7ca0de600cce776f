import type { Finding } from "../../diff/finding.ts";

/** What a check reports, for every output format. */
export interface FindingsReport {
  /** The command, for example `diff` or `verify indexes`. */
  readonly title: string;
  /** Sorted. */
  readonly findings: readonly Finding[];
  /** What was compared or checked, a line each; for people. */
  readonly summary: readonly string[];
  /** Further keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}
