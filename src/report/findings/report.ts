import type { Finding, Summary } from "../../diff/finding.ts";

/** The meaning of a finding's code, for reports that describe their rules. */
export interface Rule {
  /** In one sentence. */
  readonly text: string;
  readonly help: string;
}

/** The number of findings of one check. */
export interface CheckCounts extends Summary {
  readonly name: string;
}

/** What a check reports, for every output format. */
export interface FindingsReport {
  /** The command, for example `diff` or `verify indexes`. */
  readonly title: string;
  /** Sorted. */
  readonly findings: readonly Finding[];
  readonly counts: Summary;
  /** What was compared or checked, one line each; for people. */
  readonly summary: readonly string[];
  /** The number of findings of each check, if several ran. */
  readonly checks?: readonly CheckCounts[];
  /** The file for findings without a place, as some readers require one: the document, or the config file. */
  readonly place: string;
  /** Whether an error ended the run; it is then the only finding. */
  readonly failed?: boolean;
  /** What passed, for reports of test cases. */
  readonly passed?: readonly { readonly database: string; readonly name: string }[];
  /** The meaning of codes that only this report has. */
  readonly rules?: Readonly<Record<string, Rule>>;
  /** Additional keys of the JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}
